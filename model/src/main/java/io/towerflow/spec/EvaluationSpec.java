package io.towerflow.spec;

/**
 * How the stream is scored before it is learnt.
 *
 * @param everyEvents events in a window: a progress message leaves after each
 * @param fullUntil catalogue size up to which every batch is scored; a catalogue n times as large
 *     has one batch in n scored, so that scoring costs no more than training
 */
public record EvaluationSpec(int everyEvents, int fullUntil) {

  /**
   * Whether a batch is scored before it is learnt.
   *
   * @param step training steps before it
   * @param items items known, its own included
   */
  public boolean scores(long step, int items) {
    long every = Math.max(1, (items + fullUntil - 1L) / fullUntil);
    return step % every == 0;
  }
}
