/** The dashboards, as code. */
@NullMarked
package dev.tailrace.monitoring.dashboard;

import org.jspecify.annotations.NullMarked;
