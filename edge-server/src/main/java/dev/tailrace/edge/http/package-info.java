/** The public and the operator port on Jetty's core handlers. */
@NullMarked
package dev.tailrace.edge.http;

import org.jspecify.annotations.NullMarked;
