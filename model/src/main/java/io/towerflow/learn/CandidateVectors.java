package io.towerflow.learn;

import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.QueryContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The vectors of all candidates, kept from one use to the next: computed anew are only those that
 * training may have moved since. The numbers of popularity, which move with every event, are no
 * part of what is kept; {@link #popularity} writes them as of one event.
 *
 * <p>Vectors lie in pages of {@value #PAGE} candidates, each transposed, so that a page is an
 * operand of {@link io.towerflow.kernel.Products#add}: shape (width, {@value #PAGE}).
 */
final class CandidateVectors {

  /** Candidates of a page; a multiple of 64. A page of vectors stays in the second cache. */
  static final int PAGE = 1024;

  /** Candidates whose vectors are turned round together. */
  private static final int TILE = 16;

  private final Model model;
  private final int width;

  /** The columns of the towers, behind which come those of popularity. */
  private final int towersWidth;

  /** Whether no two candidates read the same weight, so that a step moves those it names alone. */
  private final boolean apart;

  private final BitSet stale = new BitSet();
  private float[][][] pages = new float[0][][];

  /** Candidates at the first so many positions were computed at some time. */
  private int computed;

  CandidateVectors(Model model) {
    this.model = model;
    width = model.towers.outputWidth();
    towersWidth = width - model.candidates.width();
    apart = areApart(model.spec);
  }

  private static boolean areApart(ModelSpec spec) {
    for (FeatureSpec feature : spec.candidate()) {
      if (!(feature instanceof FeatureSpec.Id || feature instanceof FeatureSpec.Popularity)) {
        return false;
      }
    }
    return spec.towers().layers().isEmpty();
  }

  /** Width of a vector. */
  int width() {
    return width;
  }

  /** Width of the part of a vector that the towers make, which comes first. */
  int towersWidth() {
    return towersWidth;
  }

  /**
   * The model has taken a step. Where candidates share words, categories or layers there is as good
   * as none that it did not move. Otherwise it moved the sample's, and those in its histories.
   */
  void learnt(TrainingSample sample) {
    if (!apart) {
      stale.set(0, computed);
      return;
    }
    for (CandidateContext candidate : sample.candidates()) {
      itemMoved(candidate.item());
    }
    for (QueryContext query : sample.queries()) {
      for (int item : query.recentItems()) {
        itemMoved(item);
      }
    }
  }

  private void itemMoved(int item) {
    int position = model.catalogue.position(item);
    if (position >= 0) {
      stale.set(position);
    }
  }

  /** The candidate at a position is described otherwise, or is another one. */
  void changed(int position) {
    stale.set(position);
  }

  /** The catalogue has fewer positions: those from {@code size} on will be other candidates. */
  void shrunk(int size) {
    computed = Math.min(computed, size);
  }

  /** Brings the towers' part of every candidate up to date. */
  void refresh() {
    int size = model.catalogue.size();
    grow(size);
    int[] positions = new int[PAGE];
    for (int page = 0; page * PAGE < size; page++) {
      int count = 0;
      int end = Math.min(size, (page + 1) * PAGE);
      for (int position = nextStale(page * PAGE); position < end; ) {
        positions[count++] = position;
        position = nextStale(position + 1);
      }
      compute(Arrays.copyOf(positions, count));
    }
    stale.clear();
    computed = size;
  }

  private int nextStale(int from) {
    int marked = from < computed ? stale.nextSetBit(from) : from;
    return marked < 0 || marked >= computed ? Math.max(from, computed) : marked;
  }

  /** Brings the towers' part of some candidates up to date. */
  void refresh(int[] positions) {
    grow(model.catalogue.size());
    if (computed < model.catalogue.size()) {
      stale.set(computed, model.catalogue.size());
      computed = model.catalogue.size();
    }
    int[] asked = new int[positions.length];
    int count = 0;
    for (int position : positions) {
      if (stale.get(position)) {
        stale.clear(position);
        asked[count++] = position;
      }
    }
    for (int from = 0; from < count; from += PAGE) {
      compute(Arrays.copyOfRange(asked, from, Math.min(count, from + PAGE)));
    }
  }

  private void grow(int size) {
    int there = pages.length;
    int needed = (size + PAGE - 1) / PAGE;
    if (needed > there) {
      pages = Arrays.copyOf(pages, needed);
      for (int page = there; page < needed; page++) {
        pages[page] = new float[width][PAGE];
      }
    }
  }

  private void compute(int[] positions) {
    if (positions.length == 0) {
      return;
    }
    float[] noNumbers = new float[width - towersWidth];
    List<CandidateContext> contexts = new ArrayList<>(positions.length);
    for (int position : positions) {
      contexts.add(model.candidates.at(position, noNumbers));
    }
    float[] vectors = model.towers.candidateVectors(contexts);
    // In tiles: whole rows of one side would be whole columns of the other, each number of which is
    // another line of the cache.
    for (int first = 0; first < positions.length; first += TILE) {
      int end = Math.min(positions.length, first + TILE);
      for (int k = 0; k < towersWidth; k++) {
        for (int i = first; i < end; i++) {
          pages[positions[i] / PAGE][k][positions[i] % PAGE] = vectors[i * width + k];
        }
      }
    }
  }

  /**
   * Writes the numbers of popularity of every candidate.
   *
   * @param now the ordinal of the event that they are for
   */
  void popularity(long now) {
    int size = model.catalogue.size();
    int[] positions = new int[Math.min(size, PAGE)];
    for (int page = 0; page * PAGE < size && towersWidth < width; page++) {
      int count = Math.min(PAGE, size - page * PAGE);
      for (int i = 0; i < count; i++) {
        positions[i] = page * PAGE + i;
      }
      float[][] columns = Arrays.copyOfRange(pages[page], towersWidth, width);
      model.candidates.numbers(positions, count, now, columns);
    }
  }

  /** A page, shape (width, {@value #PAGE}); what lies behind the last candidate is no vector. */
  float[][] page(int page) {
    return pages[page];
  }

  /** Copies the towers' part of a vector to {@code out[0..towersWidth)}. */
  void read(int position, float[] out) {
    float[][] page = pages[position / PAGE];
    for (int k = 0; k < towersWidth; k++) {
      out[k] = page[k][position % PAGE];
    }
  }

  /** Column i becomes the whole vector at {@code positions[i]}: shape (width, positions). */
  float[][] columns(int[] positions) {
    float[][] columns = new float[width][positions.length];
    for (int i = 0; i < positions.length; i++) {
      float[][] page = pages[positions[i] / PAGE];
      for (int k = 0; k < width; k++) {
        columns[k][i] = page[k][positions[i] % PAGE];
      }
    }
    return columns;
  }
}
