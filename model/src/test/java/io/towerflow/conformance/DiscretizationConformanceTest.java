package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Keras' {@code Discretization(numpy.linspace(min, max, num=1000).tolist())}, which is {@code
 * numpy.digitize}: the number of edges that are not above a value. With 1000 edges there are 1001
 * buckets: 0 below the first edge, 1000 from the last edge on.
 */
class DiscretizationConformanceTest {

  /** The first and the last time stamp of MovieLens 100k, as in the tutorial. */
  private static final long FROM = 874_724_710;

  private static final long TO = 893_286_638;

  /** The buckets of times in milliseconds: each bucket's row holds the bucket's number. */
  private static int[] buckets(long from, long to, int edges, List<Long> times) {
    String yaml =
        """
        event: {user: u, item: i, time: t}
        query:
          features: [{kind: bucketized_time, width: 1, buckets: %d, from: %d, to: %d}]
        candidate: {features: [{kind: id, width: 1}]}
        towers: {layers: [], normalize: false, temperature: 1, item_bias: false}
        loss: {uniform_negatives: 20}
        """
            .formatted(edges, from, to);
    try (TestTowers towers = new TestTowers(yaml)) {
      for (int bucket = 0; bucket <= edges; bucket++) {
        towers.set("time_bucket", bucket, bucket, 0);
      }
      float[] read =
          towers
              .towers()
              .queryVectors(times.stream().map(time -> TestTowers.userAt(1, time)).toList());
      int[] found = new int[read.length];
      for (int i = 0; i < found.length; i++) {
        found[i] = (int) read[i];
      }
      return found;
    }
  }

  @Test
  void aTimeOnAnEdgeIsInTheBucketAboveAndOneMillisecondBeforeInTheBucketBelow() {
    // Edges at 0, 10, 20 and 30 seconds.
    assertThat(
            buckets(
                0, 30, 4, List.of(-1L, 0L, 9_999L, 10_000L, 19_999L, 20_000L, 29_999L, 30_000L)))
        .containsExactly(0, 1, 1, 2, 2, 3, 3, 4);
  }

  @Test
  void ofAThousandEdgesEveryOneIsClosedOnTheLeft() {
    // numpy.linspace(0, 999, num=1000) is every whole second.
    List<Long> times = new ArrayList<>();
    for (long second = 0; second < 1000; second++) {
      times.add(second * 1000);
      times.add(second * 1000 + 999);
    }
    int[] found = buckets(0, 999, 1000, times);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).as("bucket of %d ms", times.get(i)).isEqualTo(1 + i / 2);
    }
  }

  @Test
  void theTutorialsThousandLinearBucketsCountTheEdgesNotAboveATime() {
    // Edge k is FROM + k (TO - FROM) / 999, which is 18 580.5 s wide and never a whole second but
    // at
    // both ends: in units of 1/999 ms, edges and times are whole numbers.
    List<Long> times = new ArrayList<>();
    for (long k = 0; k < 1000; k++) {
      long edge = FROM * 1000 + Math.floorDiv(k * (TO - FROM) * 1000, 999L);
      for (long near = -1; near <= 1; near++) {
        times.add(edge + near);
      }
      times.add(edge + 9_290_000); // about the middle
    }
    int[] found = buckets(FROM, TO, 1000, times);
    for (int i = 0; i < found.length; i++) {
      int digitized = 0;
      for (long k = 0; k < 1000; k++) {
        if (FROM * 1000 * 999 + k * (TO - FROM) * 1000 <= times.get(i) * 999) {
          digitized++;
        }
      }
      assertThat(found[i]).as("bucket of %d ms", times.get(i)).isEqualTo(digitized);
    }
  }

  @Test
  void pastTheRangeTheOutermostBucketsTakeAll() {
    long centuriesBefore = Instant.parse("1300-01-01T00:00:00Z").toEpochMilli();
    long centuriesAfter = Instant.parse("2700-01-01T00:00:00Z").toEpochMilli();
    assertThat(
            buckets(
                FROM,
                TO,
                1000,
                List.of(
                    centuriesBefore,
                    FROM * 1000 - 1,
                    FROM * 1000,
                    TO * 1000 - 1,
                    TO * 1000,
                    centuriesAfter)))
        .containsExactly(0, 0, 1, 999, 1000, 1000);
  }
}
