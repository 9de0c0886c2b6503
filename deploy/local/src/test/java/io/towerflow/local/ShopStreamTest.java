package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.spec.ModelSpecs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShopStreamTest {

  private static final ShopStream SHOP = new ShopStream(1000, 500, 20_000, 7);

  @Test
  void itIsTheSameAtEveryReadingAndAnotherUnderAnotherSeed() {
    List<Map<String, Object>> once = SHOP.events().toList();
    assertThat(once).hasSize(20_000).isEqualTo(SHOP.events().toList());
    assertThat(new ShopStream(1000, 500, 20_000, 8).events().toList()).isNotEqualTo(once);
  }

  @Test
  void itemsAreTakenByZipfsLaw() {
    Map<Object, Long> counts =
        SHOP.events()
            .collect(Collectors.groupingBy(event -> event.get("movie_id"), Collectors.counting()));
    List<Long> sorted = counts.values().stream().sorted((a, b) -> Long.compare(b, a)).toList();

    // The sum of k^-0.8 over the first 1000 ranks is 15.5, over the first 10 it is 3.5.
    long first = sorted.stream().limit(10).mapToLong(Long::longValue).sum();
    assertThat(first / 20_000.0).as("the share of the ten most popular").isBetween(.20, .25);
  }

  @Test
  void theStockHasEachItemOnceAsTheEventsHaveIt() {
    Map<Object, Object> titles = new HashMap<>();
    SHOP.stock().forEach(event -> titles.put(event.get("movie_id"), event.get("movie_title")));

    assertThat(titles).hasSize(1000);
    assertThat(SHOP.events())
        .allMatch(event -> event.get("movie_title").equals(titles.get(event.get("movie_id"))));
  }

  @Test
  void itHasWhatThePresetsRead() {
    for (String preset : ModelSpecs.presets()) {
      assertThat(DataOptions.lacking(ModelSpecs.load(preset).event(), SHOP)).isEmpty();
    }
    assertThat(SHOP.events().limit(10)).allMatch(event -> event.keySet().equals(SHOP.fields()));
  }
}
