/** Server-Sent Events (WHATWG HTML, server-sent events). */
@NullMarked
package dev.tailrace.edge.transport.sse;

import org.jspecify.annotations.NullMarked;
