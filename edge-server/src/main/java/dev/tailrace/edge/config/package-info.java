/** The edge's settings, all of them. */
@NullMarked
package dev.tailrace.edge.config;

import org.jspecify.annotations.NullMarked;
