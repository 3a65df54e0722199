/** What operators tell and ask all edges at once. */
@NullMarked
package dev.tailrace.support.control;

import org.jspecify.annotations.NullMarked;
