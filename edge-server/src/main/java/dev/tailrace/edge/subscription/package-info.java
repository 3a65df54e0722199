/** Who follows what. */
@NullMarked
package dev.tailrace.edge.subscription;

import org.jspecify.annotations.NullMarked;
