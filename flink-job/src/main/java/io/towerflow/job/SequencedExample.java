package io.towerflow.job;

import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;

/**
 * An example with its place in the order that the model learns in, or who leaves at that place.
 * Each is the next of all.
 *
 * @param sequence its number, 1 for the first of all
 * @param continued whether the order goes on from a snapshot in which events had been numbered
 * @param example the example, null if this is about evictions
 * @param evictions who leaves, null if this is an example
 */
public record SequencedExample(
    long sequence, boolean continued, Example example, Evictions evictions) implements Linked {

  @Override
  public long previous() {
    return sequence - 1;
  }
}
