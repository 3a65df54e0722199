/** Kafka client settings that every part starts from. */
@NullMarked
package dev.tailrace.support.kafka;

import org.jspecify.annotations.NullMarked;
