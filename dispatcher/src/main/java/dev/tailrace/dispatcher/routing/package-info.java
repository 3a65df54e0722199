/** The pure half: which lane records one ingress record becomes. */
@NullMarked
package dev.tailrace.dispatcher.routing;

import org.jspecify.annotations.NullMarked;
