/** WebSocket (RFC 6455), over HTTP/1.1 and inside HTTP/2 (RFC 8441). */
@NullMarked
package dev.tailrace.edge.transport.websocket;

import org.jspecify.annotations.NullMarked;
