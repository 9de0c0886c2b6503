package io.towerflow.job;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.kafka.Delivery;
import io.towerflow.connectors.kafka.KafkaEnds;
import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.connectors.kafka.StartAt;
import io.towerflow.connectors.kafka.StopAt;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.flink.util.TimeUtils;

/** What options must obey, alone and together. Collects everything that is wrong. */
final class OptionRules {

  /** What Kafka takes as a topic's name. */
  private static final Pattern TOPIC = Pattern.compile("(?!\\.\\.?$)[a-zA-Z0-9._-]{1,249}");

  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  private final List<String> problems = new ArrayList<>();

  /** What a source makes, or null and a problem more if it refuses. */
  <T> T get(String option, Callable<T> source) {
    try {
      return source.call();
    } catch (NoSuchFileException e) {
      problem(option, "there is no file " + e.getFile());
    } catch (Exception e) {
      problem(option, e.getMessage());
    }
    return null;
  }

  void topics(Map<String, String> topics) {
    Map<String, String> owners = new HashMap<>();
    topics.forEach(
        (option, topic) -> {
          if (!TOPIC.matcher(topic).matches()) {
            problem(
                option,
                "takes a topic's name (letters, digits, '.', '_' and '-'), not '" + topic + "'");
          }
          String other = owners.putIfAbsent(topic, option);
          if (other != null) {
            problem(option, "takes a topic of its own: '%s' is %s's".formatted(topic, other));
          }
        });
  }

  void notBlank(String option, String value, String takes) {
    if (value.isBlank()) {
      problem(option, "takes " + takes + ", not nothing");
    }
  }

  void within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      problem(option, "takes a number from %d to %d, not %d".formatted(least, most, value));
    }
  }

  /** The engine is one for all of a process, and so are its threads. */
  void threads(Arithmetic.Kind kind, int threads) {
    if (kind == Arithmetic.Kind.ENGINE && threads > 1) {
      problem(
          "--threads",
          "is for Java's arithmetic; with --arithmetic engine leave it out and set"
              + " OMP_NUM_THREADS");
    }
  }

  void positions(StartAt start, StopAt stop) {
    if (start == StartAt.LATEST && stop instanceof StopAt.CurrentEnd) {
      problem(
          "--stop", "'end' leaves nothing to read after --start latest: takes never or an offset");
    }
  }

  void delivery(
      Delivery delivery, String transactionalIdPrefix, Duration interval, KafkaSettings kafka) {
    if (delivery == Delivery.AT_LEAST_ONCE) {
      return;
    }
    notBlank(
        "--transactional-id-prefix", transactionalIdPrefix, "a prefix for --delivery exactly-once");
    Duration timeout = kafka == null ? null : get("--kafka", () -> transactionTimeout(kafka));
    if (timeout != null && interval.compareTo(timeout) >= 0) {
      problem(
          "--checkpoint-interval",
          "takes less than transaction.timeout.ms (%s) with --delivery exactly-once, not %s: a transaction would end before its checkpoint"
              .formatted(written(timeout), written(interval)));
    }
  }

  /**
   * What can only be said once the cluster's settings are known: a transaction is opened after one
   * checkpoint and committed after the next.
   */
  void transactionsOutliveCheckpoints(
      KafkaSettings kafka, Duration interval, Duration checkpointTimeout) {
    Duration timeout = transactionTimeout(kafka);
    if (interval.plus(checkpointTimeout).compareTo(timeout) >= 0) {
      problem(
          "--checkpoint-interval",
          "with --delivery exactly-once a transaction is open for an interval and a checkpoint, up to %s + %s (execution.checkpointing.timeout), and has to end within transaction.timeout.ms (%s): make one of the former shorter, or the latter longer with --kafka transaction.timeout.ms=..."
              .formatted(written(interval), written(checkpointTimeout), written(timeout)));
    }
  }

  /** What can only be said once the brokers were asked. */
  void brokersAllowTransactions(KafkaSettings kafka, Duration longest) {
    Duration timeout = transactionTimeout(kafka);
    if (timeout.compareTo(longest) > 0) {
      problem(
          "--kafka",
          "transaction.timeout.ms is %s, and the brokers allow %s (transaction.max.timeout.ms): takes --kafka transaction.timeout.ms=%d or less, or brokers that allow more"
              .formatted(written(timeout), written(longest), longest.toMillis()));
    }
  }

  private static Duration transactionTimeout(KafkaSettings kafka) {
    String given = kafka.properties().get("transaction.timeout.ms");
    try {
      return given == null
          ? KafkaEnds.TRANSACTION_TIMEOUT
          : Duration.ofMillis(Long.parseLong(given));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "transaction.timeout.ms takes a number of milliseconds, not '" + given + "'", e);
    }
  }

  void checkpoints(Duration interval, String dir) {
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      problem(
          "--checkpoint-interval",
          "takes %s or more, not %s".formatted(written(SHORTEST_INTERVAL), written(interval)));
    }
    if (dir != null && !isAbsolute(dir)) {
      problem(
          "--checkpoint-dir",
          "takes a URI with its scheme (file:///..., s3://...) or an absolute path, not '"
              + dir
              + "'");
    }
  }

  private static boolean isAbsolute(String dir) {
    try {
      URI uri = new URI(dir);
      return uri.getScheme() != null || dir.startsWith("/");
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * @throws BadOptionsException if anything was wrong
   */
  void throwIfBroken() {
    if (!problems.isEmpty()) {
      throw new BadOptionsException(problems);
    }
  }

  private void problem(String option, String sentence) {
    problems.add(option + ": " + sentence);
  }

  private static String written(Duration duration) {
    return TimeUtils.formatWithHighestUnit(duration);
  }
}
