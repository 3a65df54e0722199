/** Who is asking, and what they may follow and publish. */
@NullMarked
package dev.tailrace.edge.auth;

import org.jspecify.annotations.NullMarked;
