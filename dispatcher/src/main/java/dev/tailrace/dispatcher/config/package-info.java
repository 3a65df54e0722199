/** The dispatcher's settings. */
@NullMarked
package dev.tailrace.dispatcher.config;

import org.jspecify.annotations.NullMarked;
