/** Events and notices as bytes, made once and shared by all connections. */
@NullMarked
package dev.tailrace.edge.encoding;

import org.jspecify.annotations.NullMarked;
