/** The dispatcher: reads ingress topics, routes, stamps and copies to the lanes. */
@NullMarked
package dev.tailrace.dispatcher;

import org.jspecify.annotations.NullMarked;
