package io.towerflow.tower;

import io.towerflow.arithmetic.Histories;
import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Vectors;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowSet;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * Decayed means of the embeddings of the last items, one mean a decay, mixed dimension by
 * dimension.
 *
 * <p>With items k = 0, 1, ... newest first, {@code dt_k} the time since item k was taken, n the
 * items taken and decays m: {@code a_mk = decay_m^k * exp(time[bucket(dt_k), m] + age[bucket(k),
 * m])}, {@code p_m = sum_k a_mk E_k / sum_k a_mk}, {@code x = sum_m exp(pause[bucket(dt_0), m] +
 * taken[bucket(n), m]) * mix_m * p_m + moment * (P[bucket(dt_0)] + N[bucket(n)])} where {@code
 * mix_m} and {@code moment} have a weight for each dimension. The gates are learnt, from 0, and so
 * are P and N; what the spec leaves out stays there. Where the spec asks for a hidden layer, {@code
 * x} also has {@code 0.1 tanh(0.1 p W) V}, p being all p_m side by side, W uniform in [-1, 1) at
 * first and V 0. E_k is the item's embedding plus, where the spec asks for content, that share of
 * what the candidates' other features say of the item. A query without history has x = 0.
 */
final class HistoryFeature implements Feature<QueryContext> {

  /** What a part of the query is multiplied by that is not to be heard too soon. */
  private static final float SOFTLY = 0.1f;

  private final RowTable items;
  private final int length;
  private final int scales;
  private final float[][] decayed;
  private final Optional<RowTable> times;
  private final Optional<RowTable> ages;
  private final Optional<RowTable> pauses;
  private final Optional<RowTable> taken;
  private final Optional<RowTable> mix;
  private final Optional<Moment> moment;
  private final Optional<Content> content;
  private final Optional<Hidden> hidden;

  /** The layer between all means and the query; without a bias, so that no history makes 0. */
  private record Hidden(int in, RowTable weights, RowTable out) {

    /** Layers of another size have other names: rows of one are no rows of the other. */
    static Hidden of(int in, int units, int width, Parameters parameters) {
      String name = "history_hidden" + units;
      return new Hidden(
          in,
          parameters.table(name + ".weights", units, Initializer.uniform(1)),
          parameters.table(name + ".out", width, Initializer.constant(0)));
    }

    void announce(Pass pass) {
      pass.all(weights, in);
      pass.all(out, weights.width());
    }

    /** Shape (n * scales, width) to (n, width). */
    Vectors forward(Vectors means, int scales, Pass pass) {
      Vectors heard = pass.product(pass.grouped(means, scales), pass.leaf(weights));
      Vectors said = pass.product(pass.tanh(pass.scaled(heard, SOFTLY)), pass.leaf(out));
      return pass.scaled(said, SOFTLY);
    }
  }

  /** The tables of what is said of a query's moment, whatever the items. */
  private record Moment(RowTable pauses, RowTable taken, RowTable mix) {}

  /**
   * What is read of an item beside its embedding.
   *
   * @param share what it is multiplied by
   * @param features at least one, each as wide as the embeddings
   * @param candidates gives any item; nothing is known of 0
   */
  record Content(
      float share,
      List<Feature<CandidateContext>> features,
      IntFunction<CandidateContext> candidates) {

    private Encoded encode(int[] items, Pass pass) {
      List<CandidateContext> inputs = Arrays.stream(items).mapToObj(candidates).toList();
      List<Encoded> encoded =
          features.stream().map(feature -> feature.encode(inputs, pass)).toList();
      return loaded -> loaded.scaled(sum(encoded, loaded), share);
    }
  }

  /**
   * Describes the feature.
   *
   * @param items the items' embeddings, the candidates' own
   * @param content what else is read of an item
   */
  HistoryFeature(
      FeatureSpec.History spec, RowTable items, Optional<Content> content, Parameters parameters) {
    this.items = items;
    this.content = content;
    this.length = spec.items();
    this.scales = spec.decays().size();
    this.decayed = new float[scales][length];
    for (int m = 0; m < scales; m++) {
      for (int k = 0; k < length; k++) {
        decayed[m][k] = (float) Math.pow(spec.decays().get(m), k);
      }
    }
    Function<String, RowTable> gate =
        name -> parameters.table(name, scales, Initializer.constant(0));
    this.times = tableIf(spec.timeGate(), "history_gate", gate);
    this.ages = tableIf(spec.ageGate(), "history_age", gate);
    this.pauses = tableIf(spec.meanGate(), "history_pause", gate);
    this.taken = tableIf(spec.meanGate(), "history_taken", gate);
    this.mix =
        tableIf(
            scales > 1,
            "history_mix",
            name -> parameters.table(name, items.width(), blocks(scales, items.width())));
    int width = items.width();
    this.moment =
        spec.moment()
            ? Optional.of(
                new Moment(
                    parameters.table("moment_pause", width, Initializer.constant(0)),
                    parameters.table("moment_taken", width, Initializer.constant(0)),
                    parameters.table("moment_mix", width, Initializer.constant(SOFTLY))))
            : Optional.empty();
    this.hidden =
        spec.hidden() > 0
            ? Optional.of(Hidden.of(scales * width, spec.hidden(), width, parameters))
            : Optional.empty();
  }

  private static Optional<RowTable> tableIf(
      boolean there, String name, Function<String, RowTable> table) {
    return there ? Optional.of(table.apply(name)) : Optional.empty();
  }

  /** Each scale starts out speaking for its own block of dimensions, and softly for the others. */
  private static Initializer blocks(int scales, int width) {
    return (seed, scale, column) ->
        column >= scale * width / scales && column < (scale + 1) * width / scales ? 1f : SOFTLY;
  }

  @Override
  public int width() {
    return items.width();
  }

  @Override
  public boolean isBlank(QueryContext input) {
    return input.recentItems().length == 0;
  }

  @Override
  public Encoded encode(List<QueryContext> inputs, Pass pass) {
    int[] lengths = new int[inputs.size()];
    int longest = 1;
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = Math.min(length, inputs.get(i).recentItems().length);
      longest = Math.max(longest, lengths[i]);
    }
    int h = longest;
    int[] places = new int[lengths.length * h];
    RowSet read = new RowSet();
    read.add(0); // what is behind a history's end
    for (int i = 0; i < lengths.length; i++) {
      for (int k = 0; k < lengths[i]; k++) {
        places[i * h + k] = read.add(inputs.get(i).recentItems()[k]);
      }
    }
    Encoded ofEach = embeddings(read.toArray(), pass);
    Optional<int[]> timePlaces = times.map(table -> timePlaces(table, inputs, lengths, h, pass));
    Optional<int[]> agePlaces = ages.map(table -> agePlaces(table, h, pass));
    List<Encoded> ofMeans = new ArrayList<>();
    pauses.ifPresent(table -> ofMeans.add(rows(table, inputs, HistoryFeature::pause, pass)));
    taken.ifPresent(table -> ofMeans.add(rows(table, inputs, HistoryFeature::taken, pass)));
    mix.ifPresent(table -> pass.all(table, scales));
    hidden.ifPresent(layer -> layer.announce(pass));
    Optional<Encoded> ofMoment = moment.map(tables -> momentOf(tables, inputs, pass));
    return loaded -> {
      Histories histories =
          new Histories(
              lengths,
              h,
              places,
              decayed,
              timePlaces.map(at -> new Histories.Gate(loaded.leaf(times.get()), at)),
              agePlaces.map(at -> new Histories.Gate(loaded.leaf(ages.get()), at)));
      Vectors means = loaded.historyMeans(histories, ofEach.vectors(loaded));
      List<Vectors> parts = new ArrayList<>();
      parts.add(loaded.mixed(means, vectors(ofMeans, loaded), mix.map(loaded::leaf)));
      ofMoment.ifPresent(said -> parts.add(said.vectors(loaded)));
      hidden.ifPresent(layer -> parts.add(layer.forward(means, scales, loaded)));
      return loaded.sum(parts);
    };
  }

  /** What E is of each of some items: shape (items, width). */
  private Encoded embeddings(int[] read, Pass pass) {
    int[] rows = Arrays.stream(read).map(item -> pass.row(items, item)).toArray();
    Optional<Encoded> described = content.map(said -> said.encode(read, pass));
    return loaded -> {
      Vectors own = loaded.gather(items, rows);
      return described.map(said -> loaded.sum(List.of(own, said.vectors(loaded)))).orElse(own);
    };
  }

  /** What is said of the queries' moments: shape (inputs, width), 0 without history. */
  private Encoded momentOf(Moment tables, List<QueryContext> inputs, Pass pass) {
    Encoded pause = rows(tables.pauses, inputs, HistoryFeature::pause, pass);
    Encoded count = rows(tables.taken, inputs, HistoryFeature::taken, pass);
    pass.all(tables.mix, 1);
    float[] there = new float[inputs.size()];
    for (int i = 0; i < there.length; i++) {
      there[i] = isBlank(inputs.get(i)) ? 0 : 1;
    }
    return loaded ->
        loaded.weighed(
            loaded.timesRow(sum(List.of(pause, count), loaded), loaded.leaf(tables.mix)), there);
  }

  private static Vectors sum(List<Encoded> parts, Pass pass) {
    return pass.sum(vectors(parts, pass));
  }

  private static List<Vectors> vectors(List<Encoded> parts, Pass pass) {
    return parts.stream().map(part -> part.vectors(pass)).toList();
  }

  /** By the time since each of the last h items was taken: shape (inputs, h). */
  private static int[] timePlaces(
      RowTable table, List<QueryContext> inputs, int[] lengths, int h, Pass pass) {
    int[] places = new int[lengths.length * h];
    pass.row(table, 0); // what is behind a history's end
    for (int i = 0; i < lengths.length; i++) {
      QueryContext input = inputs.get(i);
      for (int k = 0; k < lengths[i]; k++) {
        places[i * h + k] = pass.row(table, LogBuckets.gap(input.time() - input.recentTimes()[k]));
      }
    }
    return places;
  }

  /** By the age of each of the last h items: shape (h). */
  private static int[] agePlaces(RowTable table, int h, Pass pass) {
    int[] places = new int[h];
    for (int k = 0; k < h; k++) {
      places[k] = pass.row(table, LogBuckets.count(k));
    }
    return places;
  }

  /** Rows by something of the query: shape (inputs, the table's width). */
  private static Encoded rows(
      RowTable table, List<QueryContext> inputs, ToIntFunction<QueryContext> bucket, Pass pass) {
    int[] rows =
        inputs.stream().mapToInt(input -> pass.row(table, bucket.applyAsInt(input))).toArray();
    return loaded -> loaded.gather(table, rows);
  }

  /** The bucket of the number of items taken. */
  static int taken(QueryContext input) {
    return LogBuckets.count(input.taken());
  }

  /** The bucket of the time since the last item; without one it is the longest. */
  static int pause(QueryContext input) {
    return input.recentTimes().length == 0
        ? LogBuckets.GAPS - 1
        : LogBuckets.gap(input.time() - input.recentTimes()[0]);
  }
}
