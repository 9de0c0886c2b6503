package io.towerflow.local;

import io.towerflow.job.OrderCosts;
import io.towerflow.job.OrderCosts.Round;
import io.towerflow.spec.EventOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the benchmark of the order came to.
 *
 * @param machine what it ran on
 * @param block records that were read of one partition before the next one's turn
 * @param costs one a number of partitions, which rises
 */
record OrderReport(String machine, int block, List<OrderCosts> costs) implements BenchReport {

  private static final double THOUSAND = 1e3;

  private static final String INTRO =
      "The same events, decoded and put in order by the job's own operators: as they arrive, and"
          + " merged by time, then partition, then offset. An event may leave the merge once every"
          + " other partition has shown that nothing earlier is to come; until then it waits in"
          + " RocksDB. Kafka and what comes after the order are left out, so a job that learns is"
          + " slower, and the order weighs less in it.";

  @Override
  public String bench() {
    return "order";
  }

  /** So many of them. */
  static String partitions(int count) {
    return count == 1 ? "1 partition" : count + " partitions";
  }

  /** The figures of one number of partitions on one line. */
  static String line(OrderCosts costs) {
    return String.format(
        Locale.ROOT,
        "  %s: %,.0f events/s by arrival, %,.0f by time, %.2f of that; %,.0f events wait on"
            + " average, %,d at most",
        partitions(costs.partitions()),
        costs.eventsPerSecond(EventOrder.ARRIVAL),
        costs.eventsPerSecond(EventOrder.TIME),
        costs.ratio(EventOrder.TIME),
        costs.meanHeld(EventOrder.TIME),
        costs.mostHeld(EventOrder.TIME));
  }

  @Override
  public Map<String, Object> figures(Path directory) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("bench", bench());
    figures.put("machine", machine);
    figures.put(
        "cells",
        costs.stream()
            .flatMap(each -> Stream.of(EventOrder.values()).map(order -> cell(each, order)))
            .toList());
    figures.put("report", page(directory).toString());
    return figures;
  }

  private Map<String, Object> cell(OrderCosts costs, EventOrder order) {
    List<Round> rounds = costs.rounds(order);
    Map<String, Object> cell = new LinkedHashMap<>();
    cell.put("partitions", costs.partitions());
    cell.put("order", name(order));
    cell.put("block", block);
    cell.put("events", rounds.get(0).events());
    cell.put("events_per_second", costs.eventsPerSecond(order));
    cell.put("ratio_to_arrival", costs.ratio(order));
    cell.put("mean_held", costs.meanHeld(order));
    cell.put("most_held", costs.mostHeld(order));
    cell.put("checkpoints", rounds.stream().mapToLong(Round::checkpoints).sum());
    cell.put("events_per_second_of_rounds", rounds.stream().map(Round::eventsPerSecond).toList());
    return cell;
  }

  private static String name(EventOrder order) {
    return order.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String csv() {
    StringBuilder csv =
        new StringBuilder(
            "partitions,order,round,events,seconds,events_per_second,mean_held,most_held,checkpoints\n");
    for (OrderCosts each : costs) {
      for (EventOrder order : EventOrder.values()) {
        for (int i = 0; i < each.rounds(order).size(); i++) {
          Round round = each.rounds(order).get(i);
          csv.append(
              String.format(
                  Locale.ROOT,
                  "%d,%s,%d,%d,%.3f,%.0f,%.1f,%d,%d\n",
                  each.partitions(),
                  name(order),
                  i + 1,
                  round.events(),
                  round.seconds(),
                  round.eventsPerSecond(),
                  round.meanHeld(),
                  round.mostHeld(),
                  round.checkpoints()));
        }
      }
    }
    return csv.toString();
  }

  @Override
  public ComparisonPage page() {
    return new ComparisonPage(
        "Order by time beside order by arrival",
        INTRO,
        List.of(byPartitions(), byRound()),
        List.of(table()));
  }

  private ComparisonPage.Plot byPartitions() {
    return new ComparisonPage.Plot(
        "Thousands of events a second",
        "Medians over the rounds.",
        "Partitions",
        costs.stream().map(OrderCosts::partitions).toList(),
        Stream.of(EventOrder.values())
            .map(order -> curve("by " + name(order), costs, each -> each.eventsPerSecond(order)))
            .toList());
  }

  private ComparisonPage.Plot byRound() {
    int rounds = costs.get(0).arrival().size();
    List<ComparisonPage.Curve> curves = new ArrayList<>();
    for (OrderCosts each : costs) {
      for (EventOrder order : EventOrder.values()) {
        curves.add(
            curve(
                "%s, by %s".formatted(partitions(each.partitions()), name(order)),
                each.rounds(order),
                Round::eventsPerSecond));
      }
    }
    return new ComparisonPage.Plot(
        "Thousands of events a second, by round",
        "Rounds by arrival and by time were run in turns.",
        "Round",
        IntStream.rangeClosed(1, rounds).boxed().toList(),
        curves);
  }

  private static <T> ComparisonPage.Curve curve(
      String name, List<T> values, ToDoubleFunction<T> eventsPerSecond) {
    return new ComparisonPage.Curve(
        name,
        values.stream()
            .map(each -> (Double) (eventsPerSecond.applyAsDouble(each) / THOUSAND))
            .toList());
  }

  private ComparisonPage.Table table() {
    return new ComparisonPage.Table(
        "Figures",
        String.format(
            Locale.ROOT,
            "On %s; %,d events a round, in blocks of %,d of one partition. Medians over %d rounds.",
            machine,
            costs.get(0).arrival().get(0).events(),
            block,
            costs.get(0).arrival().size()),
        List.of(
            "Partitions",
            "events/s by arrival",
            "by time",
            "time in arrivals",
            "events that wait, mean",
            "at most"),
        costs.stream()
            .map(
                each ->
                    List.of(
                        number("%,.0f", each.partitions()),
                        number("%,.0f", each.eventsPerSecond(EventOrder.ARRIVAL)),
                        number("%,.0f", each.eventsPerSecond(EventOrder.TIME)),
                        number("%.2f", each.ratio(EventOrder.TIME)),
                        number("%,.0f", each.meanHeld(EventOrder.TIME)),
                        number("%,.0f", (double) each.mostHeld(EventOrder.TIME))))
            .toList());
  }

  private static String number(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }
}
