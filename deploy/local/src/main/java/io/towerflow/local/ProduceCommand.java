package io.towerflow.local;

import io.towerflow.connectors.data.DataSet;
import io.towerflow.connectors.data.DataSetProducer;
import io.towerflow.connectors.kafka.TopicAdmin;
import io.towerflow.connectors.kafka.TopicShape;
import io.towerflow.job.JobOptions;
import io.towerflow.spec.ModelSpecs;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends a data set to a topic of any broker. */
@Command(
    name = "produce",
    description = {
      "Sends a data set or a synthetic stream to a Kafka topic.",
      "The topic is created where it is missing, with one partition."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class ProduceCommand implements Callable<Integer> {

  private static final int LINE_LENGTH = 79;

  private final Session session;

  @Mixin private StreamOptions stream;
  @Mixin private DataOptions data;

  @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
  private boolean json;

  ProduceCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    JobOptions options = stream.jobOptions();
    DataSet events = data.open(ModelSpecs.parse(options.plan().specYaml()).event());
    DataSetProducer producer = new DataSetProducer(options.kafka(), options.ratings(), data.rate());
    TopicAdmin.ensureTopics(options.kafka(), Map.of(options.ratings(), TopicShape.plain(1)));
    long start = System.nanoTime();
    long sent;
    try (ProgressBar bar = bar(events)) {
      sent =
          producer.send(
              events,
              count -> {
                bar.stepTo(count);
                if (session.isStopping()) {
                  producer.stop();
                }
              });
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Output output = session.output();
    output.say(
        String.format(
            Locale.ROOT,
            "Sent %,d of %,d events to topic '%s' of %s in %.1f s",
            sent,
            events.size(),
            options.ratings(),
            options.kafka().brokers(),
            seconds));
    if (json) {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("events_sent", sent);
      figures.put("seconds", seconds);
      figures.put("events_per_second", seconds > 0 ? sent / seconds : 0);
      output.say(Json.line(figures));
    }
    return sent == events.size() ? Launcher.DONE : Launcher.FAILED;
  }

  private ProgressBar bar(DataSet events) {
    return new ProgressBarBuilder()
        .setTaskName(events.name())
        .setInitialMax(events.size())
        .setStyle(ProgressBarStyle.ASCII)
        .showSpeed()
        .setConsumer(new DelegatingProgressBarConsumer(session.output()::show, LINE_LENGTH))
        .build();
  }
}
