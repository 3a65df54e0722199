@NullMarked
package dev.tailrace.infra.local.network;

import org.jspecify.annotations.NullMarked;
