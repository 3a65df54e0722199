/** What people see of the fleet at the operator port: the live feed and its details. */
@NullMarked
package dev.tailrace.edge.console;

import org.jspecify.annotations.NullMarked;
