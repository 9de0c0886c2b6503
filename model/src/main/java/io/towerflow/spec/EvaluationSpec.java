package io.towerflow.spec;

/**
 * How the stream is scored before it is learnt.
 *
 * @param everyEvents events in a window: a progress message leaves after each
 * @param fullUntil catalogue size up to which every batch is scored; a catalogue n times as large
 *     has one batch in n scored, so that scoring costs no more than training
 */
public record EvaluationSpec(int everyEvents, int fullUntil) {}
