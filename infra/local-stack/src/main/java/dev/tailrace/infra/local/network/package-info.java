/** A network that can be made bad, to try clients in. */
@NullMarked
package dev.tailrace.infra.local.network;

import org.jspecify.annotations.NullMarked;
