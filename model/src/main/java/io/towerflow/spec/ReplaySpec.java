package io.towerflow.spec;

/**
 * How earlier events are learnt again beside the new ones.
 *
 * @param ratio replayed events for each new one, 0 for none
 * @param memory the last events that can be replayed
 * @param bothDirections whether a replayed event's history may also be the items that its user took
 *     after it, or around it; otherwise it is the items before it, as when it was new
 */
public record ReplaySpec(double ratio, int memory, boolean bothDirections) {}
