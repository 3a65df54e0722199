package dev.tailrace.edge.publish;

import dev.tailrace.v1.Event;

/**
 * A publish object that could be read; whether the event keeps the rules is not known yet.
 *
 * @param ref the client's number of its frame; 0 when there is none
 */
public record PublishRequest(long ref, Event.Builder event) {}
