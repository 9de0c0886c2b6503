package io.towerflow.local;

import io.towerflow.learn.Example;
import io.towerflow.learn.TwoTowerLearner;
import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The towers of the tutorial over tables of a given size. Either side reads the embedding of an id
 * and the mean of some others, the user's the one of a span of time, the item's those of five
 * words; both have dense layers of 64 and 32. Batches of 2048, in-batch softmax, Adagrad. Users,
 * items, times and words are drawn uniformly.
 *
 * <p>One model learns on from round to round, since filling a large table takes longer than a
 * round. Nothing is scored.
 */
final class RowsCell implements LearnCell {

  static final String PRESET = "tutorial";
  static final int BATCH = 2048;

  private static final int WARM_UP_BATCHES = 12;
  private static final int WORDS = 10_000;
  private static final int TITLE_WORDS = 5;
  private static final long FIRST_SECOND = 874_724_710;
  private static final long LAST_SECOND = 893_286_638;
  private static final RawRecord RECORD = RawRecord.at("", 0, 0);

  private static final String SPEC =
      """
      name: tutorial
      seed: 1
      event: {user: user_id, item: movie_title, time: timestamp}
      query:
        features:
          - {kind: id, width: WIDTH}
          - {kind: bucketized_time, width: WIDTH, buckets: 1000, from: 874724710, to: 893286638}
      candidate:
        features:
          - {kind: id, width: WIDTH}
          - {kind: text, field: movie_title, width: WIDTH, tokens: 9998, max_tokens: 5}
      towers:
        {combine: concat, layers: [64, 32], normalize: false, temperature: 1.0, item_bias: false}
      loss:
        reduction: sum
        uniform_negatives: 0
        sampling_correction: 0.0
        mask_accidental_hits: false
        mask_seen: false
      optimizer:
        {kind: adagrad, learning_rate: 0.1, initial_accumulator: 0.1, accumulator_decay: 1.0, epsilon: 1.0e-7}
      batch: {size: 2048, span: 3650d}
      replay: {ratio: 0.0}
      publication: {top_k: 10, every_events: 10000, every: 5s}
      evaluation: {every_events: 1000000, full_until: 1}
      """;

  private final Coordinates coordinates;
  private final int rows;
  private final int batches;
  private final SplittableRandom random = new SplittableRandom(1);
  private final TwoTowerLearner learner;

  /**
   * @param batches of a round
   */
  RowsCell(Coordinates coordinates, int batches) {
    this.coordinates = coordinates;
    this.rows = Math.toIntExact(coordinates.rows().orElseThrow());
    this.batches = batches;
    this.learner =
        new TwoTowerLearner(
            spec(Math.toIntExact(coordinates.width().orElseThrow())), coordinates.arithmetic());
  }

  private static ModelSpec spec(int width) {
    return ModelSpecs.parse(SPEC.replace("WIDTH", String.valueOf(width)));
  }

  @Override
  public Coordinates coordinates() {
    return coordinates;
  }

  @Override
  public boolean isRepeated() {
    return false;
  }

  /** Fills the tables: each user and each item is learnt once. */
  @Override
  public long warmUp(Watch watch) {
    LearnTimer timer = new LearnTimer(learner);
    int fill = (rows + BATCH - 1) / BATCH;
    long all = (long) (fill + WARM_UP_BATCHES) * BATCH;
    for (int batch = 0; batch < fill + WARM_UP_BATCHES && !watch.isStopping(); batch++) {
      List<Example> examples = new ArrayList<>(BATCH);
      for (int i = 0; i < BATCH; i++) {
        long at = (long) batch * BATCH + i;
        int row = (int) (at % rows) + 1;
        examples.add(batch < fill ? example(i, row, row, at < rows) : any(i));
      }
      timer.learn(examples);
      watch.learnt((batch + 1L) * BATCH, all);
    }
    return all;
  }

  @Override
  public Optional<Round> round(Watch watch) {
    LearnTimer timer = new LearnTimer(learner);
    for (int batch = 0; batch < batches; batch++) {
      if (watch.isStopping()) {
        return Optional.empty();
      }
      List<Example> examples = new ArrayList<>(BATCH);
      for (int i = 0; i < BATCH; i++) {
        examples.add(any(i));
      }
      timer.learn(examples);
      watch.learnt((batch + 1L) * BATCH, (long) batches * BATCH);
    }
    return Optional.of(
        new Round(
            timer.events(),
            timer.seconds(),
            timer.processorSeconds(),
            rows,
            null,
            null,
            learner.digest()));
  }

  private Example any(int place) {
    return example(place, 1 + random.nextInt(rows), 1 + random.nextInt(rows), false);
  }

  /**
   * @param place in the batch: users are named by it, since of each name the learner keeps what it
   *     would publish
   */
  private Example example(int place, int user, int item, boolean isNew) {
    return new Example(
        "u" + place,
        UserProfile.fresh(user),
        isNew,
        "item",
        item,
        isNew,
        isNew ? new String[] {title()} : null,
        isNew ? Attributes.NONE : null,
        Attributes.NONE,
        1000 * random.nextLong(FIRST_SECOND, LAST_SECOND),
        Double.NaN,
        1,
        true,
        RECORD);
  }

  private String title() {
    StringBuilder title = new StringBuilder();
    for (int i = 0; i < TITLE_WORDS; i++) {
      title.append('w').append(random.nextInt(WORDS)).append(' ');
    }
    return title.toString();
  }

  @Override
  public void close() {
    learner.close();
  }
}
