package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towerflow.job.OrderCosts;
import io.towerflow.job.OrderCosts.Round;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderReportTest {

  /** 10 000 events by arrival in 1, 2 and 4 s, by time in 4, 8 and 5 s. */
  private static final OrderCosts FOUR =
      new OrderCosts(
          4, List.of(arrival(1), arrival(2), arrival(4)), List.of(time(4), time(8), time(5)));

  /** And of one partition in 2, 2 and 2 s both ways. */
  private static final OrderCosts ONE =
      new OrderCosts(
          1,
          List.of(arrival(2), arrival(2), arrival(2)),
          List.of(arrival(2), arrival(2), arrival(2)));

  private static final OrderReport REPORT =
      new OrderReport("a <small> machine", 500, List.of(ONE, FOUR));

  @TempDir Path directory;

  @Test
  void aLineTellsMediansTheirRatioAndWhatWaits() {
    // The medians take 2 and 5 s.
    assertThat(OrderReport.line(FOUR))
        .isEqualTo(
            "  4 partitions: 5,000 events/s by arrival, 2,000 by time, 0.40 of that; 750 events"
                + " wait on average, 1,500 at most");
    assertThat(OrderReport.line(ONE))
        .isEqualTo(
            "  1 partition: 5,000 events/s by arrival, 5,000 by time, 1.00 of that; 0 events wait"
                + " on average, 0 at most");
  }

  @Test
  void programsGetACellForEachOrderOfEachNumberOfPartitions() throws Exception {
    REPORT.write(directory);

    JsonNode figures = new ObjectMapper().readTree(directory.resolve("bench-order.json").toFile());
    assertThat(figures.get("bench").asText()).isEqualTo("order");
    assertThat(figures.get("machine").asText()).isEqualTo("a <small> machine");
    assertThat(figures.get("report").asText()).isEqualTo(directory + "/bench-order.html");
    assertThat(figures.get("cells")).hasSize(4);
    assertThat(figures.get("cells").get(2).get("ratio_to_arrival").asDouble()).isEqualTo(1);
    assertThat(figures.get("cells").get(3))
        .hasToString(
            "{\"partitions\":4,\"order\":\"time\",\"block\":500,\"events\":10000,"
                + "\"events_per_second\":2000.0,\"ratio_to_arrival\":0.4,\"mean_held\":750.0,"
                + "\"most_held\":1500,\"checkpoints\":9,"
                + "\"events_per_second_of_rounds\":[2500.0,1250.0,2000.0]}");
  }

  @Test
  void everyRoundIsInTheCsv() throws Exception {
    REPORT.write(directory);

    assertThat(directory.resolve("bench-order.csv"))
        .content()
        .startsWith("partitions,order,round,events,seconds,events_per_second,mean_held")
        .hasLineCount(1 + 2 * 2 * 3)
        .contains("\n4,arrival,1,10000,1.000,10000,0.0,0,2\n")
        .endsWith("\n4,time,3,10000,5.000,2000,750.0,1500,3\n");
  }

  @Test
  void thePageShowsBothOrdersInPlotsAndATable() throws Exception {
    REPORT.write(directory);

    assertThat(directory.resolve("bench-order.html"))
        .content()
        .contains("<h1>Order by time beside order by arrival</h1>")
        .contains("On a &lt;small&gt; machine; 10,000 events a round, in blocks of 500")
        .contains(
            "\"axis\":\"Partitions\",\"xs\":[1,4],\"curves\":[{\"name\":\"by arrival\","
                + "\"values\":[5.0,5.0]},{\"name\":\"by time\",\"values\":[5.0,2.0]}]")
        .contains(
            "\"axis\":\"Round\",\"xs\":[1,2,3],\"curves\":[{\"name\":\"1 partition, by arrival\"")
        .contains("{\"name\":\"4 partitions, by time\",\"values\":[2.5,1.25,2.0]}")
        .contains(
            "<th scope=\"row\">4</th><td>5,000</td><td>2,000</td><td>0.40</td><td>750</td>"
                + "<td>1,500</td>")
        .doesNotContain("{{");
  }

  private static Round arrival(double seconds) {
    return new Round(10_000, seconds, 0, 0, 2);
  }

  private static Round time(double seconds) {
    return new Round(10_000, seconds, 1_500, 750, 3);
  }
}
