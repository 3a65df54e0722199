/** Creates and checks the platform's topics. */
@NullMarked
package dev.tailrace.dispatcher.admin;

import org.jspecify.annotations.NullMarked;
