package io.towerflow.spec;

import java.time.Duration;

/**
 * What tells an event from every other, so that one that is sent twice is learnt once.
 *
 * @param field the field that holds the event's id
 * @param within how long an id is remembered after its event, in the time of the stream
 */
public record EventId(String field, Duration within) {}
