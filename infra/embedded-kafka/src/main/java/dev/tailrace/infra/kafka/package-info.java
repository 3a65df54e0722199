/** A real Kafka broker in this process. */
@NullMarked
package dev.tailrace.infra.kafka;

import org.jspecify.annotations.NullMarked;
