/** Who may read the operator ports. */
@NullMarked
package dev.tailrace.support.operator;

import org.jspecify.annotations.NullMarked;
