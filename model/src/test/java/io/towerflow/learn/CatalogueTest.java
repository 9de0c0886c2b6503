package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.tower.EncodedAttributes;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CatalogueTest {

  private static final int[][] NO_TEXTS = {};

  @Test
  void theItemsKnownBeforeAnEventAreAPrefix() {
    Catalogue catalogue = new Catalogue();
    catalogue.put(300, "c", 1, NO_TEXTS, EncodedAttributes.NONE);
    catalogue.put(129, "a", 4, NO_TEXTS, EncodedAttributes.NONE);
    catalogue.put(200, "b", 9, NO_TEXTS, EncodedAttributes.NONE);
    assertThat(catalogue.knownBefore(1)).isEqualTo(0);
    assertThat(catalogue.knownBefore(2)).isEqualTo(1);
    assertThat(catalogue.knownBefore(4)).isEqualTo(1);
    assertThat(catalogue.knownBefore(5)).isEqualTo(2);
    assertThat(catalogue.knownBefore(100)).isEqualTo(3);
    assertThat(catalogue.position(129)).isEqualTo(1);
    assertThat(catalogue.position(130)).isEqualTo(-1);
    assertThat(catalogue.position(1_000_000)).isEqualTo(-1);
  }

  @Test
  void aChangedTextKeepsTheItemsPlace() {
    Catalogue catalogue = new Catalogue();
    catalogue.put(128, "a", 1, new int[][] {{1, 2}}, EncodedAttributes.NONE);
    catalogue.put(129, "b", 2, new int[][] {{3}}, EncodedAttributes.NONE);
    catalogue.put(128, "a", 7, new int[][] {{4}}, EncodedAttributes.NONE);
    assertThat(catalogue.size()).isEqualTo(2);
    assertThat(catalogue.position(128)).isEqualTo(0);
    assertThat(catalogue.tokens(0)[0]).containsExactly(4);
    assertThat(catalogue.knownBefore(2)).isEqualTo(1);
  }

  @Test
  void theLastItemTakesThePlaceOfOneThatIsRemovedAndTheNewestStayTheLast() throws Exception {
    Catalogue catalogue = new Catalogue();
    for (int i = 0; i < 4; i++) {
      catalogue.put(
          128 + i, "abcd".substring(i, i + 1), i + 1, new int[0][], EncodedAttributes.NONE);
    }
    Map<Integer, byte[]> rows = new TreeMap<>();
    catalogue.drainDirty(rows::put);
    catalogue.drainRemoved(rows::remove);
    assertThat(rows).containsOnlyKeys(0, 1, 2, 3);

    assertThat(catalogue.remove(129)).isEqualTo(1);
    assertThat(catalogue.remove(130)).isEqualTo(2); // the last one by now
    assertThat(catalogue.size()).isEqualTo(2);
    assertThat(catalogue.id(1)).isEqualTo("d");
    assertThat(catalogue.position(131)).isEqualTo(1);
    assertThat(catalogue.contains(129)).isFalse();
    assertThat(catalogue.position(130)).isEqualTo(-1);
    assertThatThrownBy(() -> catalogue.remove(129))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("129");

    catalogue.put(140, "e", 9, new int[0][], EncodedAttributes.NONE);
    catalogue.put(141, "f", 10, new int[0][], EncodedAttributes.NONE);
    assertThat(catalogue.knownBefore(9)).isEqualTo(2);
    assertThat(catalogue.knownBefore(10)).isEqualTo(3);
    assertThat(catalogue.knownBefore(11)).isEqualTo(4);

    catalogue.remove(141);
    catalogue.drainDirty(rows::put);
    catalogue.drainRemoved(rows::remove);
    Catalogue restored = new Catalogue();
    restored.restore(rows.values().toArray(new byte[0][]));
    assertThat(restored.size()).isEqualTo(3);
    assertThat(restored.id(0) + restored.id(1) + restored.id(2)).isEqualTo("ade");
  }

  @Test
  void aRestoredCatalogueIsTheSameAndOnlyChangesAreDrained() throws Exception {
    Catalogue catalogue = new Catalogue();
    catalogue.put(128, "ä", 1, new int[][] {{1, 2}, {}}, EncodedAttributes.NONE);
    catalogue.put(129, "b", 2, new int[][] {{3}, {5}}, EncodedAttributes.NONE);
    Map<Integer, byte[]> rows = new TreeMap<>();
    catalogue.drainDirty(rows::put);
    catalogue.put(129, "b", 3, new int[][] {{4}, {5}}, EncodedAttributes.NONE);
    Map<Integer, byte[]> later = new TreeMap<>();
    catalogue.drainDirty(later::put);
    assertThat(later).containsOnlyKeys(1);
    rows.putAll(later);

    Catalogue restored = new Catalogue();
    restored.restore(rows.values().toArray(new byte[0][]));
    assertThat(restored.size()).isEqualTo(2);
    assertThat(restored.id(0)).isEqualTo("ä");
    assertThat(restored.position(129)).isEqualTo(1);
    assertThat(restored.tokens(1)).isDeepEqualTo(new int[][] {{4}, {5}});
    assertThat(restored.knownBefore(2)).isEqualTo(1);
    restored.drainDirty(
        (position, value) -> {
          throw new AssertionError("A restored entry is not a change");
        });
  }

  @Test
  void categoriesAndNumbersAreRestored() throws Exception {
    Catalogue catalogue = new Catalogue();
    EncodedAttributes attributes =
        new EncodedAttributes(new int[][] {{3, 0}, {}}, new double[] {0.5, Double.NaN});
    catalogue.put(128, "a", 1, new int[][] {{1}}, attributes);
    Map<Integer, byte[]> rows = new TreeMap<>();
    catalogue.drainDirty(rows::put);

    Catalogue restored = new Catalogue();
    restored.restore(rows.values().toArray(new byte[0][]));
    assertThat(restored.tokens(0)).isDeepEqualTo(new int[][] {{1}});
    assertThat(restored.attributes(0).categories()).isDeepEqualTo(attributes.categories());
    assertThat(restored.attributes(0).numbers()).containsExactly(0.5, Double.NaN);
  }
}
