package io.towerflow.job;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A sink into this process, which sees what a consumer that reads what is committed sees of a
 * transactional one: each element once, when the checkpoint is complete that it is part of. A
 * savepoint is one too. What was written since the last one is gone with its writer.
 *
 * <p>What is written and what is seen outlives the job, as it would with a broker.
 */
final class Ledger<T> implements Sink<T>, SupportsCommitter<String> {

  private static final long serialVersionUID = 1;

  /** Written pages by their ids, and what is seen of them. */
  private record Pages(Map<String, List<?>> written, List<Object> seen) {

    void add(String id, List<?> page) {
      written.put(id, page);
    }

    /** Whether the page had not been seen before. */
    synchronized boolean show(String id) {
      List<?> page = written.remove(id);
      return page != null && seen.addAll(page);
    }

    synchronized List<Object> all() {
      return List.copyOf(seen);
    }
  }

  /** The sink travels with the job graph; writers and committers find its pages by its id. */
  private static final Map<String, Pages> PAGES = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();

  Ledger() {
    PAGES.put(id, new Pages(new ConcurrentHashMap<>(), new ArrayList<>()));
  }

  /** All that is seen by now. */
  @SuppressWarnings("unchecked") // only a writer of this ledger adds to its pages
  List<T> seen() {
    return (List<T>) pages().all();
  }

  /** Throws all of it away. */
  void close() {
    PAGES.remove(id);
  }

  private Pages pages() {
    Pages pages = PAGES.get(id);
    if (pages == null) {
      throw new IllegalStateException("The ledger is closed, or is one of another process");
    }
    return pages;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return new Writer<>(pages());
  }

  @Override
  public Committer<String> createCommitter(CommitterInitContext context) {
    return new PageCommitter(pages());
  }

  @Override
  public SimpleVersionedSerializer<String> getCommittableSerializer() {
    return new IdSerializer();
  }

  /** Writes a page from one checkpoint to the next. */
  private static final class Writer<T> implements CommittingSinkWriter<T, String> {

    private final Pages pages;
    private List<T> page = new ArrayList<>();

    Writer(Pages pages) {
      this.pages = pages;
    }

    @Override
    public void write(T element, Context context) {
      page.add(element);
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public Collection<String> prepareCommit() {
      if (page.isEmpty()) {
        return List.of();
      }
      String id = UUID.randomUUID().toString();
      pages.add(id, page);
      page = new ArrayList<>();
      return List.of(id);
    }

    @Override
    public void close() {}
  }

  private record PageCommitter(Pages pages) implements Committer<String> {

    @Override
    public void commit(Collection<CommitRequest<String>> requests) {
      for (CommitRequest<String> request : requests) {
        if (!pages.show(request.getCommittable())) {
          request.signalAlreadyCommitted();
        }
      }
    }

    @Override
    public void close() {}
  }

  private static final class IdSerializer implements SimpleVersionedSerializer<String> {

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(String id) {
      return id.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String deserialize(int version, byte[] serialized) {
      return new String(serialized, StandardCharsets.UTF_8);
    }
  }
}
