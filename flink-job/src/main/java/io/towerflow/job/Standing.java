package io.towerflow.job;

/**
 * Where the trainer stands, beside what it has learnt.
 *
 * @param publications publications that have left
 * @param ended whether the stream has ended and its rest was trained, with no example since
 */
public record Standing(long publications, boolean ended) {

  /** Where a trainer stands that has seen nothing. */
  static final Standing START = new Standing(0, false);
}
