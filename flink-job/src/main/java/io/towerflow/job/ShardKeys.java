package io.towerflow.job;

import io.towerflow.profile.IndexSpace;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Keys that stand for shards. Flink assigns a key to a key group by a hash of its own; the key of
 * shard {@code s} is the smallest number that falls in key group {@code s}. So shards and key
 * groups are one to one, every shard lies on exactly one subtask, and at any parallelism the
 * subtasks share the shards as evenly as they share the key groups.
 */
final class ShardKeys {

  /** The maximum parallelism of every operator: the number of key groups and of shards alike. */
  static final int MAX_PARALLELISM = IndexSpace.SHARDS;

  private static final int[] KEYS = keys();

  private ShardKeys() {}

  /** The key of a shard in {@code [0, MAX_PARALLELISM)}. */
  static int key(int shard) {
    return KEYS[shard];
  }

  /** The key of the shard that an id belongs to. */
  static int keyOf(String id) {
    return KEYS[IndexSpace.shardOf(id)];
  }

  /** The shards that a subtask owns. */
  static KeyGroupRange shardsOf(TaskInfo task) {
    return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
        MAX_PARALLELISM, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
  }

  /**
   * The key of one of a few shards: it falls in the first key group of the subtask of that number
   * at a parallelism of {@code shards}, so subtasks share the shards evenly.
   */
  static int spread(int shard, int shards) {
    return KEYS[(shard * MAX_PARALLELISM + shards - 1) / shards];
  }

  private static int[] keys() {
    int[] keys = new int[MAX_PARALLELISM];
    boolean[] found = new boolean[MAX_PARALLELISM];
    int left = MAX_PARALLELISM;
    for (int candidate = 0; left > 0; candidate++) {
      int group = KeyGroupRangeAssignment.assignToKeyGroup(candidate, MAX_PARALLELISM);
      if (!found[group]) {
        found[group] = true;
        keys[group] = candidate;
        left--;
      }
    }
    return keys;
  }
}
