package io.towerflow.local;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many lists a second the exact search makes. */
@Command(
    name = "topk",
    description = {
      "Measures the exact search for the best candidates of a query: queries a second, by the"
          + " number of candidates, numbers a vector, queries that are searched together, and"
          + " threads.",
      "The search is the job's own; candidates and queries are random and no item is left out as"
          + " seen. With several threads each has a part of the candidates, as shards of a job"
          + " have, and the merge of their lists counts. Every cell is measured after a round that"
          + " doesn't count; the figure is the median over the rounds.",
      "A million candidates of 165 numbers take some 900 MB of heap: where there is less than the"
          + " cells need, nothing is measured, and the message says how much to give."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class TopKBenchCommand implements Callable<Integer> {

  /** Of the heap, what candidates may take: garbage needs room, too. */
  private static final double SHARE_OF_HEAP = 0.75;

  private final Session session;

  @Option(
      names = "--candidates",
      paramLabel = "N,N,...",
      split = ",",
      defaultValue = "1700,100000,1000000",
      description = "The numbers to measure. Default: ${DEFAULT-VALUE}")
  private List<Integer> candidates = new ArrayList<>();

  @Option(
      names = "--width",
      paramLabel = "N,N,...",
      split = ",",
      defaultValue = "32,165",
      description = "Numbers a vector. Default: ${DEFAULT-VALUE}")
  private List<Integer> widths = new ArrayList<>();

  @Option(
      names = "--batch",
      paramLabel = "N,N,...",
      split = ",",
      defaultValue = "1,64,1024",
      description = "Queries that are searched together. Default: ${DEFAULT-VALUE}")
  private List<Integer> batches = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "N,N,...",
      split = ",",
      defaultValue = "1,2",
      description = "Default: ${DEFAULT-VALUE}")
  private List<Integer> threads = new ArrayList<>();

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "100",
      description = "Hits a query. Default: ${DEFAULT-VALUE}")
  private int topK;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds a cell. Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--round-seconds",
      paramLabel = "SECONDS",
      defaultValue = "0.5",
      description =
          "A round searches again and again for so long; once at least. Default: ${DEFAULT-VALUE}")
  private double roundSeconds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Other vectors. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private BenchOptions bench;

  @Mixin private ReportOptions report;

  TopKBenchCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    // What is wrong with the options is said before anything is measured.
    check();
    report.check();
    Output output = session.output();
    output.say(
        String.format(
            Locale.ROOT, "Towerflow bench topk: the best %,d, %d rounds a cell", topK, rounds));
    List<TopKCell> cells = new ArrayList<>();
    for (int width : new TreeSet<>(widths)) {
      for (int count : new TreeSet<>(candidates)) {
        for (int parts : new TreeSet<>(threads)) {
          if (!measure(count, width, parts, cells)) {
            return Launcher.FAILED;
          }
        }
      }
    }
    bench.tell(output, new TopKReport(Machine.description(), topK, cells), report.directory());
    return Launcher.DONE;
  }

  /**
   * Measures all batches.
   *
   * @return whether it got to the end
   */
  private boolean measure(int count, int width, int parts, List<TopKCell> cells) throws Exception {
    session
        .output()
        .show(String.format(Locale.ROOT, "  making %,d candidates of %d numbers", count, width));
    try (var benchmark = new TopKBenchmark(count, width, parts, topK, seed)) {
      for (int batch : new TreeSet<>(batches)) {
        if (session.isStopping()) {
          return false;
        }
        TopKCell cell = benchmark.measure(batch, rounds, roundSeconds);
        cells.add(cell);
        session.output().say(TopKReport.line(cell));
      }
    }
    return true;
  }

  private void check() {
    candidates.forEach(count -> bench.requirePositive("--candidates", count));
    widths.forEach(width -> bench.requirePositive("--width", width));
    batches.forEach(batch -> bench.requirePositive("--batch", batch));
    threads.forEach(count -> bench.requirePositive("--threads", count));
    bench.requirePositive("--top-k", topK);
    bench.requirePositive("--rounds", rounds);
    if (!(roundSeconds >= 0)) {
      throw bench.wrong("--round-seconds: must be 0 or more, is %s".formatted(roundSeconds));
    }
    int most = Collections.max(candidates);
    int widest = Collections.max(widths);
    double needed = TopKBenchmark.heap(most, widest) / SHARE_OF_HEAP;
    if (needed > Runtime.getRuntime().maxMemory()) {
      throw bench.wrong(
          String.format(
              Locale.ROOT,
              "--candidates: %,d of %d numbers need a heap of %,d MB, of which there are %,d: give"
                  + " more (TOWERFLOW_JAVA_OPTS=-Xmx...) or measure fewer",
              most,
              widest,
              (long) needed >> 20,
              Runtime.getRuntime().maxMemory() >> 20));
    }
  }
}
