package io.towerflow.job;

import io.towerflow.learn.Example;
import io.towerflow.learn.PendingQuery;
import io.towerflow.learn.StateStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps a list of the events that it trained, in order, as a part of its state: an event that was
 * trained twice is in it twice. The digest is this list, as in {@code 0:0 2:0 0:1}, each by
 * partition and offset.
 */
final class AuditLearner extends TallyLearner {

  private static final String TABLE = "audit";

  private final List<String> audit = new ArrayList<>();
  private int saved;

  AuditLearner(int batchSize, int publishEveryEvents) {
    super(batchSize, publishEveryEvents);
  }

  @Override
  void train(Example example) {
    super.train(example);
    audit.add(example.record().partition() + ":" + example.record().offset());
  }

  @Override
  public void snapshot(StateStore.Writer writer) throws Exception {
    super.snapshot(writer);
    for (; saved < audit.size(); saved++) {
      writer.put(TABLE, saved, audit.get(saved).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void restore(
      StateStore.Reader reader, List<Example> restUntrained, List<PendingQuery> restPending)
      throws Exception {
    super.restore(reader, restUntrained, restPending);
    Map<Integer, String> inOrder = new TreeMap<>();
    reader.forEach(
        TABLE, (row, event) -> inOrder.put(row, new String(event, StandardCharsets.UTF_8)));
    audit.addAll(inOrder.values());
    saved = audit.size();
  }

  @Override
  public String digest() {
    return String.join(" ", audit);
  }
}
