/** The {@code tailrace} command. */
@NullMarked
package dev.tailrace.cli;

import org.jspecify.annotations.NullMarked;
