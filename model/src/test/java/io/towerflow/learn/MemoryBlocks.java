package io.towerflow.learn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where a {@link RowLog} lies in a test. */
final class MemoryBlocks implements RowLog.Store {

  final Map<Integer, Map<Integer, byte[]>> blocks = new TreeMap<>();
  final Map<Integer, byte[]> descriptions = new TreeMap<>();

  /** Segments of blocks that were put and removed, once for each, until somebody clears it. */
  final List<Integer> appended = new ArrayList<>();

  final List<Integer> removed = new ArrayList<>();

  /** Since somebody set it to 0. */
  long bytesPut;

  long bytesRead;

  @Override
  public void putBlock(int segment, int block, byte[] bytes) {
    blocks.computeIfAbsent(segment, number -> new TreeMap<>()).put(block, bytes);
    bytesPut += bytes.length;
    appended.add(segment);
  }

  @Override
  public byte[] block(int segment, int block) {
    byte[] bytes = blocks.getOrDefault(segment, Map.of()).get(block);
    bytesRead += bytes == null ? 0 : bytes.length;
    return bytes;
  }

  @Override
  public void removeBlock(int segment, int block) {
    blocks.get(segment).remove(block);
    if (blocks.get(segment).isEmpty()) {
      blocks.remove(segment);
    }
    removed.add(segment);
  }

  @Override
  public void putDescription(int segment, byte[] description) {
    descriptions.put(segment, description);
  }

  @Override
  public void removeDescription(int segment) {
    descriptions.remove(segment);
  }

  @Override
  public Iterable<Map.Entry<Integer, byte[]>> descriptions() {
    return descriptions.entrySet();
  }

  int blocks() {
    return blocks.values().stream().mapToInt(Map::size).sum();
  }

  /** What a snapshot of now has. */
  MemoryBlocks copy() {
    MemoryBlocks copy = new MemoryBlocks();
    blocks.forEach((segment, each) -> copy.blocks.put(segment, new TreeMap<>(each)));
    copy.descriptions.putAll(descriptions);
    return copy;
  }
}
