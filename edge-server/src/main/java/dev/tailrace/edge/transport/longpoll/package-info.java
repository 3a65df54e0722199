/** Long poll (RFC 6202). */
@NullMarked
package dev.tailrace.edge.transport.longpoll;

import org.jspecify.annotations.NullMarked;
