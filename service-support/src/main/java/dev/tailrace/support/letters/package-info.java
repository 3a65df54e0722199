/** What could not be routed, as it lies in Kafka. */
@NullMarked
package dev.tailrace.support.letters;

import org.jspecify.annotations.NullMarked;
