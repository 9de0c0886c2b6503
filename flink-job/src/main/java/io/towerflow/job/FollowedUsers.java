package io.towerflow.job;

import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;
import io.towerflow.learn.PendingQuery;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What those users have taken who have taken so much that it can't come with each of their events.
 * It comes once ({@link UserProfile#isToBeFollowed}) and is kept from then on by the trainer, which
 * sees all events in their order, so that it is never behind. So an event costs what it adds,
 * whatever its user has taken before.
 *
 * <p>Keyed state under the current key holds the items in the order in which they were taken, in
 * blocks, of which only a user's last ones change; it is read at the start and written at a
 * snapshot.
 */
final class FollowedUsers {

  /** Items of a block. */
  static final int BLOCK = 1024;

  /** The items of one user. */
  private static final class Taken {
    private int[] inOrder = new int[2 * BLOCK];
    private int size;
    private int[] ascending = {};

    /** How many the state has in full blocks. */
    private int settled;

    private boolean changed;

    void add(int item) {
      int[] more = UserProfile.withItem(ascending, item);
      if (more != ascending) {
        ascending = more;
        append(item);
      }
    }

    private void append(int item) {
      if (size == inOrder.length) {
        inOrder = Arrays.copyOf(inOrder, 2 * size);
      }
      inOrder[size++] = item;
    }

    /**
     * Whether the first items that were taken are those of a profile that had so many. What came at
     * first came in ascending order, so of a part of it nobody knows in which order it was taken.
     */
    boolean hasFirst(int count) {
      for (int i = 1; i < Math.min(count + 1, size); i++) {
        if (inOrder[i] < inOrder[i - 1]) {
          return true;
        }
      }
      return count == size;
    }

    /** The first items that were taken, ascending. */
    int[] first(int count) {
      int[] first = Arrays.copyOf(inOrder, count);
      Arrays.sort(first);
      return first;
    }
  }

  /** By the user's index in the upper half and the block's number in the lower. */
  private final MapState<Long, int[]> blocks;

  private final Map<Integer, Taken> users = new HashMap<>();
  private final Set<Integer> changed = new HashSet<>();

  /** Goes on from what the state holds under the current key. */
  FollowedUsers(KeyedStateStore states) throws Exception {
    blocks =
        states.getMapState(
            new MapStateDescriptor<>(
                "followed-users",
                Types.LONG,
                PrimitiveArrayTypeInfo.INT_PRIMITIVE_ARRAY_TYPE_INFO));
    // RocksDB gives a user's blocks in their order, but that is not a map state's promise.
    Map<Long, int[]> kept = new HashMap<>();
    for (Map.Entry<Long, int[]> block : blocks.entries()) {
      kept.put(block.getKey(), block.getValue());
      users.computeIfAbsent((int) (block.getKey() >> Integer.SIZE), user -> new Taken());
    }
    users.forEach(
        (user, taken) -> {
          for (int block = 0; kept.containsKey(place(user, block)); block++) {
            for (int item : kept.get(place(user, block))) {
              taken.append(item);
            }
          }
          taken.settled = taken.size / BLOCK * BLOCK;
          taken.ascending = taken.first(taken.size);
        });
  }

  /**
   * The next example, with all that its user had taken before.
   *
   * @throws IllegalStateException if its user's items should be here and are not
   */
  Example next(Example example) {
    UserProfile before = example.before();
    if (before.isToBeFollowed()) {
      Taken taken = new Taken();
      for (int item : before.seen()) {
        taken.append(item);
      }
      taken.ascending = before.seen();
      users.put(before.index(), taken);
      take(example, taken);
      return example;
    }
    if (!before.isFollowed()) {
      return example;
    }
    Taken taken = known(before);
    Example whole = example.with(before.withSeen(taken.ascending));
    take(example, taken);
    return whole;
  }

  private void take(Example example, Taken taken) {
    if (example.itemIsKnown()) {
      taken.add(example.itemIndex());
    }
    if (!taken.changed) {
      taken.changed = true;
      changed.add(example.before().index());
    }
  }

  private Taken known(UserProfile profile) {
    Taken taken = users.get(profile.index());
    if (taken == null) {
      throw new IllegalStateException(
          "What user %d has taken is not in the trainer's state, which should have it: the users and the model are of use together only. Start from a snapshot that holds both, or without a snapshot and with --start earliest."
              .formatted(profile.index()));
    }
    return taken;
  }

  /** Lets go of users who leave. */
  void evict(Evictions evictions) throws Exception {
    for (int user : evictions.users()) {
      Taken taken = user == IndexSpace.OUT_OF_VOCABULARY ? null : users.remove(user);
      if (taken != null) {
        changed.remove(user);
        for (int block = 0; block * BLOCK < taken.size; block++) {
          blocks.remove(place(user, block));
        }
      }
    }
  }

  /** Writes what has been taken since the last snapshot, under the current key. */
  void write() throws Exception {
    for (int user : changed) {
      Taken taken = users.get(user);
      for (int from = taken.settled; from < taken.size; from += BLOCK) {
        int to = Math.min(from + BLOCK, taken.size);
        blocks.put(place(user, from / BLOCK), Arrays.copyOfRange(taken.inOrder, from, to));
      }
      taken.settled = taken.size / BLOCK * BLOCK;
      taken.changed = false;
    }
    changed.clear();
  }

  /** An example that waits, for a snapshot that holds its user's items already. */
  Example brief(Example example) {
    return example.with(brief(example.before()));
  }

  /** A query that waits, for a snapshot that holds its user's items already. */
  PendingQuery brief(PendingQuery query) {
    return new PendingQuery(query.user(), brief(query.profile()), query.time());
  }

  private UserProfile brief(UserProfile profile) {
    Taken taken = profile.isToBeFollowed() ? users.get(profile.index()) : null;
    return taken != null && taken.hasFirst(profile.seen().length)
        ? profile.withoutSeen(profile.seen().length)
        : profile;
  }

  /** An example that waited, as it was. */
  Example whole(Example brief) {
    return brief.with(whole(brief.before()));
  }

  /** A query that waited, as it was. */
  PendingQuery whole(PendingQuery brief) {
    return new PendingQuery(brief.user(), whole(brief.profile()), brief.time());
  }

  private UserProfile whole(UserProfile brief) {
    return brief.isFollowed() ? brief.withSeen(known(brief).first(brief.followed())) : brief;
  }

  private static long place(int user, int block) {
    return (long) user << Integer.SIZE | block;
  }
}
