/** Events taken from clients and written to an ingress topic. */
@NullMarked
package dev.tailrace.edge.publish;

import org.jspecify.annotations.NullMarked;
