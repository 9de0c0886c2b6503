package io.towerflow.learn;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.message.TrainingProgress;
import io.towerflow.profile.IndexSpace;
import io.towerflow.spec.CanonicalSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.table.RowTable;
import io.towerflow.tower.QueryContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two towers that learn from a stream: examples are gathered into batches, each batch is first
 * scored by the model as it stands and then trained. This says in which order things happen; what
 * happens is the affair of {@link Model}, {@link Scorer}, {@link Evaluation}, {@link Trainer} and
 * {@link Publisher}, each of which owns its part of the state.
 */
public final class TwoTowerLearner implements Learner {

  private final ModelSpec spec;
  private final Model model;
  private final Scorer scorer;
  private final Evaluation evaluation;
  private final Trainer trainer;
  private final Publisher publisher;
  private final CandidateVectors vectors;
  private final Aside aside;
  private final List<Example> batch = new ArrayList<>();
  private long events;
  private long trained;
  private long users;

  /** Of a snapshot under another spec, until the next snapshot. */
  private Optional<Migration> migration = Optional.empty();

  /** Whether there is a snapshot that says which spec it is of. */
  private boolean described;

  /** What computed the model that was restored, if it is not what computes now. */
  private Optional<String> otherArithmetic = Optional.empty();

  /** A model that has learnt nothing, with the default arithmetic. */
  public TwoTowerLearner(ModelSpec spec) {
    this(spec, Arithmetic.AUTO);
  }

  /**
   * A model that has learnt nothing.
   *
   * @throws ai.djl.engine.EngineException if the engine is needed and its native library cannot be
   *     loaded
   */
  public TwoTowerLearner(ModelSpec spec, Arithmetic arithmetic) {
    this.spec = spec;
    model = new Model(spec, arithmetic);
    vectors = new CandidateVectors(model);
    scorer = new Scorer(model, vectors);
    aside = Aside.of(arithmetic.threads(), "towerflow-scoring");
    evaluation = new Evaluation(spec.evaluation().everyEvents());
    trainer = new Trainer(model);
    publisher = new Publisher(model, vectors);
  }

  @Override
  public void learn(Example example, Listener listener) {
    if (!batch.isEmpty() && spec.batch().closesBefore(batch.get(0).time(), example.time())) {
      closeBatch(listener);
    }
    events++;
    model.meet(example, events);
    if (example.texts() != null) {
      vectors.changed(model.catalogue.position(example.itemIndex()));
    }
    users += example.newUser() ? 1 : 0;
    batch.add(example);
    publisher.touch(example);
    if (batch.size() >= spec.batch().size()) {
      closeBatch(listener);
    }
  }

  @Override
  public void evict(Evictions evictions, Listener listener) {
    if (evictions.isEmpty()) {
      return;
    }
    if (!batch.isEmpty()) {
      closeBatch(listener);
    }
    for (int item : evictions.items()) {
      vectors.changed(publisher.evict(item));
    }
    vectors.shrunk(model.catalogue.size());
    for (int user : evictions.users()) {
      users--;
      if (user != IndexSpace.OUT_OF_VOCABULARY) {
        model.removeUser(user);
      }
    }
    publisher.usersLeft(evictions.users());
  }

  @Override
  public void finish(Listener listener) {
    if (!batch.isEmpty()) {
      closeBatch(listener);
    }
    listener.progress(progress(evaluation.endWindow(trained), digest()));
  }

  private void closeBatch(Listener listener) {
    List<QueryContext> queries = new ArrayList<>(batch.size());
    batch.forEach(example -> queries.add(model.query(example)));
    TrainingSample sample = trainer.sample(batch, queries, trained + 1);
    float[] foretold = scorer.foretoldRatings(batch, queries, trained + 1);
    Optional<Aside.Work<List<Optional<Scorer.Ranks>>>> scored = Optional.empty();
    if (spec.evaluation().scores(trainer.step(), model.catalogue.size())) {
      scored = Optional.of(aside.begin(scorer.scoring(batch, queries, trained + 1)));
    }
    countPopularity();
    trainer.train(batch, sample, listener);
    vectors.learnt(sample);
    List<Evaluation.WindowEnd> windows =
        count(scored.map(Aside.Work::result).orElse(unscored(batch.size())), foretold);
    trained += batch.size();
    batch.clear();
    for (Evaluation.WindowEnd window : windows) {
      listener.progress(progress(window, ""));
    }
    if (!windows.isEmpty()) {
      trainer.forgetLoss();
    }
  }

  private void countPopularity() {
    for (int i = 0; i < batch.size(); i++) {
      Example example = batch.get(i);
      if (example.positive() && example.itemIsKnown()) {
        model.popularity.add(model.catalogue.position(example.itemIndex()), trained + 1 + i);
      }
    }
  }

  private static List<Optional<Scorer.Ranks>> unscored(int examples) {
    return Collections.nCopies(examples, Optional.empty());
  }

  /**
   * Counts each example of the batch, and its ranks if it was scored; gives the windows it ends.
   */
  private List<Evaluation.WindowEnd> count(List<Optional<Scorer.Ranks>> ranks, float[] foretold) {
    List<Evaluation.WindowEnd> windows = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Example example = batch.get(i);
      evaluation
          .count(
              trained + 1 + i,
              example.positive(),
              ranks.get(i),
              spec.rating().target(example.value()),
              foretold[i])
          .ifPresent(windows::add);
    }
    return windows;
  }

  private TrainingProgress progress(Evaluation.WindowEnd end, String digest) {
    return new TrainingProgress(
        trainer.step(),
        end.events(),
        end.nonPositives(),
        trainer.eventTime(),
        trainer.meanLoss(),
        end.window(),
        end.total(),
        end.popularityWindow(),
        end.popularityTotal(),
        end.cohorts(),
        end.ratingWindow(),
        end.ratingTotal(),
        users,
        model.catalogue.size(),
        trainer.skippedBatches(),
        trainer.skippedEvents(),
        digest);
  }

  @Override
  public boolean publicationDue() {
    return publisher.isDue(events);
  }

  @Override
  public Optional<Publication> publish() {
    return publisher.publish(trainer.step(), trainer.eventTime(), events, trained + 1);
  }

  @Override
  public long step() {
    return trainer.step();
  }

  @Override
  public List<Example> untrained() {
    return List.copyOf(batch);
  }

  @Override
  public List<PendingQuery> pendingQueries() {
    return publisher.pendingQueries();
  }

  @Override
  public int unwritten() {
    int rows = 0;
    for (RowTable table : model.towers.tables()) {
      rows += table.unwritten();
    }
    return rows;
  }

  @Override
  public void snapshot(StateStore.Writer writer) throws Exception {
    if (migration.isPresent()) {
      migration.get().write(writer);
      migration = Optional.empty();
    }
    if (!described) {
      header().write(writer);
      described = true;
    }
    ModelSnapshot.write(model, writer);
    evaluation.snapshot(writer);
    trainer.snapshot(writer);
    publisher.snapshot(writer);
    writer.put(Tables.SINGLES, Tables.SCALARS, scalars().toBytes());
  }

  private SnapshotHeader header() {
    return SnapshotHeader.of(spec, arithmetic());
  }

  @Override
  public String arithmetic() {
    return model.towers.arithmetic();
  }

  @Override
  public Optional<String> otherArithmetic() {
    return otherArithmetic;
  }

  private Scalars scalars() {
    return new Scalars(
        trainer.step(),
        events,
        trained,
        users,
        trainer.eventTime(),
        trainer.lossSum(),
        trainer.lossCount(),
        model.memory.newest(),
        spec.replay().memory());
  }

  @Override
  public void restore(
      StateStore.Reader snapshot, List<Example> untrained, List<PendingQuery> pendingQueries)
      throws Exception {
    if (events > 0) {
      throw new IllegalStateException("Only a model that has learnt nothing can be restored");
    }
    SnapshotHeader header = SnapshotHeader.read(snapshot);
    described = header.equals(header());
    otherArithmetic = header.arithmetic().filter(name -> !name.equals(arithmetic()));
    if (header.spec().isEmpty() || header.spec().equals(header().spec())) {
      takeOver(snapshot, untrained, pendingQueries);
      return;
    }
    Migration anew = Migration.of(snapshot, CanonicalSpec.read(header.spec().get()), spec);
    migration = Optional.of(anew);
    takeOver(
        anew,
        untrained.stream().map(anew::carried).toList(),
        pendingQueries.stream().map(anew::carried).toList());
  }

  private void takeOver(
      StateStore.Reader reader, List<Example> untrained, List<PendingQuery> pendingQueries)
      throws Exception {
    ModelSnapshot.read(reader, model);
    publisher.restore(reader, pendingQueries);
    Map<Integer, byte[]> rows = ModelSnapshot.rows(reader, Tables.SINGLES);
    if (!rows.isEmpty()) {
      restore(new Singles(rows));
    }
    batch.addAll(untrained);
  }

  private void restore(Singles singles) {
    Scalars scalars = Scalars.of(singles.required(Tables.SCALARS));
    events = scalars.events();
    trained = scalars.trained();
    users = scalars.users();
    ModelSnapshot.read(singles, scalars, model);
    evaluation.restore(singles);
    trainer.restore(scalars, singles);
    publisher.restore(singles);
  }

  @Override
  public String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      model.digest(digest);
      digest.update(scalars().toBytes());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    aside.close();
    model.close();
  }
}
