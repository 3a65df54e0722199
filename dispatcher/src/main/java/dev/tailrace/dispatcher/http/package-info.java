/** The operator port. */
@NullMarked
package dev.tailrace.dispatcher.http;

import org.jspecify.annotations.NullMarked;
