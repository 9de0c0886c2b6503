package io.towerflow.learn;

import java.util.Map;
import java.util.Optional;

/** The rows of a snapshot of which there is one each. */
record Singles(Map<Integer, byte[]> rows) {

  /** A row's bytes; nothing where an earlier version, which had no such row, took the snapshot. */
  Optional<byte[]> find(int row) {
    return Optional.ofNullable(rows.get(row));
  }

  /**
   * A row that every version writes.
   *
   * @throws IllegalArgumentException if it is not there
   */
  byte[] required(int row) {
    return find(row)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The snapshot has no row %d of single numbers, without which the model cannot go on: it is older than this program reads, or not whole. Start without the snapshot, or go on with the program that took it."
                        .formatted(row)));
  }
}
