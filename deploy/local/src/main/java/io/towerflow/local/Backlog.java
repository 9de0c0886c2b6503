package io.towerflow.local;

import io.towerflow.connectors.kafka.StopAt;
import io.towerflow.job.JobOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The part of the ratings topic that a job is to read. */
final class Backlog {

  private final Topics topics;
  private final StopAt stop;
  private final Map<TopicPartition, Long> from;
  private final Map<TopicPartition, Long> endAtStart;

  private Backlog(
      Topics topics,
      StopAt stop,
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> endAtStart) {
    this.topics = topics;
    this.stop = stop;
    this.from = from;
    this.endAtStart = endAtStart;
  }

  /** Of a job that starts now, without a checkpoint. */
  static Backlog of(JobOptions options, Topics topics) {
    Map<TopicPartition, Long> ends = topics.ends(List.of(options.ratings()));
    Map<TopicPartition, Long> from =
        switch (options.start()) {
          case EARLIEST -> topics.beginnings(ends.keySet());
          case LATEST -> ends;
          case COMMITTED -> topics.committed(ends.keySet(), options.group());
        };
    return new Backlog(topics, options.stop(), from, ends);
  }

  /** Records that are there for the job to read by now. */
  long records() {
    Map<TopicPartition, Long> ends = ends();
    return from.entrySet().stream()
        .mapToLong(start -> ends.get(start.getKey()) - start.getValue())
        .sum();
  }

  /** Reads them. */
  void read(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    topics.read(from, ends(), reader);
  }

  /** Where the job ends, or the topic does, which is never before the job's start. */
  private Map<TopicPartition, Long> ends() {
    Map<TopicPartition, Long> ends =
        stop instanceof StopAt.CurrentEnd ? endAtStart : topics.ends(from.keySet());
    long last = stop instanceof StopAt.AtOffset at ? at.offset() : Long.MAX_VALUE;
    Map<TopicPartition, Long> until = new HashMap<>();
    from.forEach(
        (partition, start) ->
            until.put(partition, Math.max(start, Math.min(last, ends.get(partition)))));
    return until;
  }
}
