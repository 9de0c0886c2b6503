package io.towerflow.profile;

/**
 * Dense indices without a global counter. An id belongs to shard {@code stableHash(id) mod S}; each
 * shard counts its own ids from 1; the index is {@code local * S + shard}. So indices are the same
 * at any parallelism and survive rescaling, and index 0 is never given away: it is
 * out-of-vocabulary.
 *
 * <p>An index is a name for the one life of an id in a vocabulary and is never given away again: an
 * id that was evicted and comes back has another one. So a shard names {@value #LARGEST_LOCAL} ids
 * in its time.
 */
public final class IndexSpace {

  /** The number of shards, S. Changing it changes every index. */
  public static final int SHARDS = 128;

  /** The index of ids that have none. */
  public static final int OUT_OF_VOCABULARY = 0;

  /** The last number that a shard can count to. */
  public static final int LARGEST_LOCAL = Integer.MAX_VALUE / SHARDS;

  private IndexSpace() {}

  /** The shard of an id, in {@code [0, SHARDS)}; the same on every machine and in every release. */
  public static int shardOf(String id) {
    // FNV-1a over UTF-16 code units, then Murmur3's finalizer: stable, and well mixed in the low
    // bits.
    int hash = 0x811c9dc5;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x01000193;
    }
    hash ^= hash >>> 16;
    hash *= 0x85ebca6b;
    hash ^= hash >>> 13;
    hash *= 0xc2b2ae35;
    hash ^= hash >>> 16;
    return Math.floorMod(hash, SHARDS);
  }

  /**
   * The index of the {@code local}-th id of a shard.
   *
   * @throws IllegalArgumentException if {@code local} is not positive
   * @throws IllegalStateException if the shard has given away all of its indices
   */
  public static int index(int shard, int local) {
    if (local <= 0) {
      throw new IllegalArgumentException("Shards count their ids from 1, not from " + local);
    }
    if (local > LARGEST_LOCAL) {
      throw new IllegalStateException(
          "Shard %d has given away all of its %,d indices, and none is given away twice. Start a new model from a later part of the stream, or have fewer ids admitted by vocabulary's admit_after."
              .formatted(shard, LARGEST_LOCAL));
    }
    return local * SHARDS + shard;
  }

  /** The shard that gave an index away. */
  public static int shardOfIndex(int index) {
    return index % SHARDS;
  }
}
