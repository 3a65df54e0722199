/** Stand-in. */
@NullMarked
package dev.tailrace.edge.config;

import org.jspecify.annotations.NullMarked;
