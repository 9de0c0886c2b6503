package io.towerflow.learn;

import io.towerflow.kernel.Products;
import io.towerflow.metrics.Cohort;
import io.towerflow.metrics.PopularityTier;
import io.towerflow.metrics.Prequential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * One batch to be ranked, with all that ranking it takes from the model: so it goes on while the
 * model learns the batch. What it still asks of the catalogue, no step changes.
 */
final class Scoring implements Callable<List<Optional<Scorer.Ranks>>> {

  private static final int WORD_BITS = 64;

  private final List<Example> batch;
  private final Catalogue catalogue;
  private final CandidateVectors candidates;

  /** Which of the batch are compared with the candidates, in order; the others are misses. */
  private final int[] asked;

  /** Of those asked: shape (asked, width). */
  private final float[][] queries;

  /** Of those asked: how many items were known before. */
  private final int[] known;

  /** Events by position before the batch, and as this goes on by each example in turn. */
  private final long[] counts;

  private final List<Tally> tallies = new ArrayList<>();

  /**
   * The positions of what a user had taken before the example that is next, a bit each, by the
   * user's id: somebody who has taken thousands is looked up once a batch, not once an event.
   */
  private final Map<String, long[]> taken = new HashMap<>();

  /** How those that one example's item is compared with stand to it. */
  private static final class Tally {
    final int own;
    final int known;

    /** The positions to leave out, a bit each: those that the user has taken, and its own. */
    final long[] leftOut;

    int notLess;
    int ties;
    int morePopular;
    int asPopular;
    Cohort tier;

    Tally(int own, int known, long[] leftOut) {
      this.own = own;
      this.known = known;
      this.leftOut = leftOut;
    }

    void compareScores(float[] scores, int from, int size, float own) {
      int end = Math.min(size, known - from);
      int notLower = 0;
      int equal = 0;
      for (int j = 0; j < end; j++) {
        // NaN is not lower either: to have diverged is no merit.
        notLower += scores[j] < own ? 0 : 1;
        equal += scores[j] == own ? 1 : 0;
      }
      for (int j = nextLeftOut(from) - from; j < end; j = nextLeftOut(from + j + 1) - from) {
        notLower -= scores[j] < own ? 0 : 1;
        equal -= scores[j] == own ? 1 : 0;
      }
      notLess += notLower;
      ties += equal;
    }

    /** Counts are not negative, so that the sign of a difference says which is the larger one. */
    void comparePopularity(long[] counts) {
      long count = counts[own];
      long more = 0;
      long less = 0;
      long events = 0;
      long ofMorePopular = 0;
      for (int j = 0; j < known; j++) {
        long isMore = (count - counts[j]) >>> (Long.SIZE - 1);
        more += isMore;
        less += (counts[j] - count) >>> (Long.SIZE - 1);
        ofMorePopular += counts[j] & -isMore;
        events += counts[j];
      }
      long asMany = known - more - less;
      for (int j = 0; j < Math.min(own, known); j++) {
        ofMorePopular += counts[j] == count ? count : 0; // the one seen first is the more popular
      }
      tier = PopularityTier.of(ofMorePopular, events);
      for (int j = nextLeftOut(0); j < known; j = nextLeftOut(j + 1)) {
        more -= counts[j] > count ? 1 : 0;
        asMany -= counts[j] == count ? 1 : 0;
      }
      morePopular = (int) more;
      asPopular = (int) asMany;
    }

    private int nextLeftOut(int from) {
      int word = from / WORD_BITS;
      if (word >= leftOut.length) {
        return known;
      }
      long bits = leftOut[word] & (-1L << from);
      while (bits == 0) {
        word++;
        if (word == leftOut.length) {
          return known;
        }
        bits = leftOut[word];
      }
      return word * WORD_BITS + Long.numberOfTrailingZeros(bits);
    }

    Scorer.Ranks ranks() {
      return new Scorer.Ranks(
          Prequential.rank(notLess - ties, ties), Prequential.rank(morePopular, asPopular), tier);
    }
  }

  Scoring(
      List<Example> batch,
      Catalogue catalogue,
      CandidateVectors candidates,
      int[] asked,
      float[][] queries,
      int[] known,
      long[] counts) {
    this.batch = batch;
    this.catalogue = catalogue;
    this.candidates = candidates;
    this.asked = asked;
    this.queries = queries;
    this.known = known;
    this.counts = counts;
  }

  /** The ranks of each example of the batch; none for one that is no positive. */
  @Override
  public List<Optional<Scorer.Ranks>> call() {
    comparePopularity();
    compareScores();
    List<Optional<Scorer.Ranks>> ranks = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < batch.size(); i++) {
      Example example = batch.get(i);
      if (next < asked.length && asked[next] == i) {
        ranks.add(Optional.of(tallies.get(next++).ranks()));
      } else {
        ranks.add(example.positive() ? Optional.of(Scorer.miss(example)) : Optional.empty());
      }
    }
    return ranks;
  }

  /** Each example by the counts that the ones before it have left. */
  private void comparePopularity() {
    for (int i = 0; i < batch.size(); i++) {
      Example example = batch.get(i);
      int own = example.itemIsKnown() ? catalogue.position(example.itemIndex()) : -1;
      if (tallies.size() < asked.length && asked[tallies.size()] == i) {
        int before = known[tallies.size()];
        Tally tally = new Tally(own, before, leftOut(example, own, before));
        tally.comparePopularity(counts);
        tallies.add(tally);
      }
      if (own >= 0 && example.positive()) {
        counts[own]++;
      }
      long[] ofUser = taken.get(example.user());
      if (own >= 0 && ofUser != null) {
        ofUser[own / WORD_BITS] |= 1L << own;
      }
    }
  }

  private long[] leftOut(Example example, int own, int before) {
    long[] taken = taken(example);
    long[] bits = Arrays.copyOf(taken, (before + WORD_BITS - 1) / WORD_BITS);
    if (before % WORD_BITS != 0) {
      bits[bits.length - 1] &= (1L << before) - 1;
    }
    if (own < before) {
      bits[own / WORD_BITS] |= 1L << own;
    }
    return bits;
  }

  /** The positions of what the example's user had taken before it, a bit each. */
  private long[] taken(Example example) {
    long[] known = taken.get(example.user());
    if (known != null) {
      return known;
    }
    long[] bits = new long[(catalogue.size() + WORD_BITS - 1) / WORD_BITS];
    for (int item : example.before().seen()) {
      int position = catalogue.position(item);
      if (position >= 0) {
        bits[position / WORD_BITS] |= 1L << position;
      }
    }
    taken.put(example.user(), bits);
    return bits;
  }

  private void compareScores() {
    int n = asked.length;
    int width = candidates.width();
    // The same sums in the same order as below: an item ties with its like.
    int[] positions = tallies.stream().mapToInt(tally -> tally.own).toArray();
    float[][] own = new float[n][n];
    Products.add(queries, candidates.columns(positions), own, 0, n, width, n);
    int most = Arrays.stream(known).max().orElse(0);
    float[][] scores = new float[n][CandidateVectors.PAGE];
    for (int from = 0; from < most; from += CandidateVectors.PAGE) {
      int size = Math.min(CandidateVectors.PAGE, most - from);
      for (float[] row : scores) {
        Arrays.fill(row, 0);
      }
      Products.add(
          queries, candidates.page(from / CandidateVectors.PAGE), scores, 0, n, width, size);
      for (int i = 0; i < n; i++) {
        tallies.get(i).compareScores(scores[i], from, size, own[i][i]);
      }
    }
  }
}
