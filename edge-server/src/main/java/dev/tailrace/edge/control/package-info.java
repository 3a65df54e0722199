/** What is told to all edges at once: what was revoked, and whose connections are to end. */
@NullMarked
package dev.tailrace.edge.control;

import org.jspecify.annotations.NullMarked;
