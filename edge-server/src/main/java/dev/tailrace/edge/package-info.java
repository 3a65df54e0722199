/** Stand-in. */
@NullMarked
package dev.tailrace.edge;

import org.jspecify.annotations.NullMarked;
