/** Builds the container image that holds the {@code tailrace} command. */
@NullMarked
package dev.tailrace.images;

import org.jspecify.annotations.NullMarked;
