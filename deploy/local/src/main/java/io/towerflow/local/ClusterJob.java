package io.towerflow.local;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Messages;
import io.towerflow.connectors.data.DataSet;
import io.towerflow.connectors.data.DataSetProducer;
import io.towerflow.job.JobOptions;
import io.towerflow.job.TowerflowJob;
import io.towerflow.message.TrainingProgress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * A job on a cluster, with topics of its own and the stream that it is fed, watched through what it
 * writes to Kafka and what its cluster says of it.
 */
final class ClusterJob implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final String FINISHED = "FINISHED";
  private static final Set<String> FAILED = Set.of("FAILED", "CANCELED", "SUSPENDED");

  private final ClusterProcesses cluster;
  private final JobOptions options;
  private final Topics topics;
  private final Sending sending;
  private final KafkaConsumer<byte[], byte[]> watcher;

  /** What has been written, committed or not. */
  private final Outcome seen;

  private final String id;

  private ClusterJob(
      ClusterProcesses cluster, JobOptions options, Topics topics, Sending sending, String id) {
    this.cluster = cluster;
    this.options = options;
    this.topics = topics;
    this.sending = sending;
    this.id = id;
    this.seen = new Outcome(options);
    this.watcher =
        topics.watch(topics.ends(List.of(options.trainingProgress(), options.deadLetters())));
  }

  /**
   * Submits a job and begins to send its stream.
   *
   * @param name of the job, for its log
   * @param arguments the job's options
   * @param gate how far the stream may be sent
   */
  static ClusterJob submit(
      ClusterProcesses cluster, String name, List<String> arguments, DataSet data, Gate gate) {
    JobOptions options = JobOptions.parse(arguments.toArray(String[]::new));
    TowerflowJob.createTopics(options);
    Topics topics = new Topics(options.kafka());
    Sending sending =
        new Sending(new DataSetProducer(options.kafka(), options.ratings(), 0), data, gate);
    try {
      String id = cluster.submit("client-" + name, arguments);
      return new ClusterJob(cluster, options, topics, sending, id);
    } catch (RuntimeException e) {
      sending.close();
      topics.close();
      throw e;
    }
  }

  /**
   * Looks after the job: reads what it has written since, and shows it.
   *
   * @return whether the job has ended well
   * @throws LaunchException if it has not, or sending has failed, or a process of the cluster ended
   */
  boolean look(Output output) {
    sending.check();
    cluster.requireAlive();
    watcher.poll(POLL).forEach(seen::add);
    output.show(StatusLine.of(sending.sent(), seen));
    Optional<String> state = cluster.view().state(id);
    if (state.filter(FAILED::contains).isPresent()) {
      throw new LaunchException("The job is " + state.get());
    }
    return state.filter(FINISHED::equals).isPresent();
  }

  /** The job's id. */
  String id() {
    return id;
  }

  /** Events sent by now. */
  long sent() {
    return sending.sent();
  }

  /** Events that the job has reported as trained, committed or not. */
  long trained() {
    return seen.trajectory().last().map(TrainingProgress::events).orElse(0L);
  }

  /** What readers of committed records find of the job's outputs by now. */
  OutputAudit audit() {
    OutputAudit audit = new OutputAudit();
    topics.read(
        options.trainingProgress(), record -> audit.add(Messages.decodeProgress(record.value())));
    topics.read(
        options.itemEmbeddings(),
        record -> {
          if (record.value() != null) { // a tombstone has no version
            audit.add(Messages.decodeItemEmbedding(record.value()));
          }
        });
    topics.read(
        options.recommendations(),
        record -> audit.add(Messages.decodeRecommendation(record.value())));
    topics.read(
        options.deadLetters(),
        record -> {
          DeadLetter letter = Messages.decodeDeadLetter(record.value());
          audit.addDeadLetter(
              "%s-%d@%d"
                  .formatted(
                      letter.record().topic(),
                      letter.record().partition(),
                      letter.record().offset()));
        });
    return audit;
  }

  /** Stops sending and watching; the job itself goes on. */
  @Override
  public void close() {
    watcher.close();
    sending.close();
    topics.close();
  }
}
