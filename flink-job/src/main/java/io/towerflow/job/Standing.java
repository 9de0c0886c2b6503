package io.towerflow.job;

/**
 * Where the trainer stands, beside what it has learnt.
 *
 * @param publications publications that have left
 * @param version the model version of the last one, 0 before the first
 * @param ended whether the stream has ended and its rest was trained, with no example since
 */
public record Standing(long publications, long version, boolean ended) {

  /** Where a trainer stands that has seen nothing. */
  static final Standing START = new Standing(0, 0, false);

  /** With whether the stream has ended. */
  Standing ended(boolean now) {
    return new Standing(publications, version, now);
  }

  /** After a publication. */
  Standing published(long published) {
    return new Standing(publications + 1, published, ended);
  }
}
