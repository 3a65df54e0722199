/** What processes say of themselves in {@code tailrace.fleet}, for people who look at the fleet. */
@NullMarked
package dev.tailrace.support.fleet;

import org.jspecify.annotations.NullMarked;
