/** WebSocket (RFC 6455) on Jetty's core implementation. */
@NullMarked
package dev.tailrace.edge.transport.websocket;

import org.jspecify.annotations.NullMarked;
