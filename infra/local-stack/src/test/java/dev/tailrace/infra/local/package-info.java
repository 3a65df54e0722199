@NullMarked
package dev.tailrace.infra.local;

import org.jspecify.annotations.NullMarked;
