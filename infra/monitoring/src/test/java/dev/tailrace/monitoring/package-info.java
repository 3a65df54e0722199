/** Holds rules and dashboards to what the processes export. */
@NullMarked
package dev.tailrace.monitoring;

import org.jspecify.annotations.NullMarked;
