/** What the dispatcher counts. */
@NullMarked
package dev.tailrace.dispatcher.metrics;

import org.jspecify.annotations.NullMarked;
