package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.EncodedAttributes;
import org.junit.jupiter.api.Test;

class CandidatesTest {

  private static final ModelSpec SPEC =
      ModelSpecs.parse(
          """
          event: {user: u, item: i, time: t}
          query:
            features: [{kind: history}]
          candidate:
            features: [{kind: id}, {kind: popularity, half_lives: [2, 1000], age: true}]
          loss: {frequency_half_life: 7}
          """);

  @Test
  void popularityIsRelativeToTheAverageItemAndAgeIsCountedInEvents() {
    assertThat(Candidates.halfLives(SPEC)).containsExactly(7.0, 2.0, 1000.0);
    Catalogue catalogue = new Catalogue();
    Popularity popularity = new Popularity(Candidates.halfLives(SPEC));
    catalogue.put(128, "a", 1, new int[0][], EncodedAttributes.NONE);
    popularity.add(0, 1);
    catalogue.put(129, "b", 3, new int[0][], EncodedAttributes.NONE);
    popularity.add(1, 3);
    Candidates candidates = new Candidates(SPEC, catalogue, popularity);

    CandidateContext a = candidates.at(0, 4);
    assertThat(a.item()).isEqualTo(128);
    // Half-life 2: item a counts 1/2, b 1. So p = 0.6 / 1.7, and twice that is its share of the
    // average.
    assertThat(a.popularity()[0]).isCloseTo((float) (Math.log(1.2 / 1.7) / 3), within(1e-6f));
    assertThat(a.popularity()[2]).isCloseTo((float) (Math.log(0.259) / 3), within(1e-6f));
    float[] b = candidates.all(4).get(1).popularity();
    assertThat(b[0]).isCloseTo((float) (Math.log(2.2 / 1.7) / 3), within(1e-6f));
    assertThat(b[2]).isCloseTo((float) (Math.log(0.257) / 3), within(1e-6f));
  }
}
