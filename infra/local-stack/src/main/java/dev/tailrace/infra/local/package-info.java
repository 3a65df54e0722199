/** The whole platform on one machine: its processes, their start, and their end. */
@NullMarked
package dev.tailrace.infra.local;

import org.jspecify.annotations.NullMarked;
