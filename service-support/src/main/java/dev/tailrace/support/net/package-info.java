/** Ports for servers. */
@NullMarked
package dev.tailrace.support.net;

import org.jspecify.annotations.NullMarked;
