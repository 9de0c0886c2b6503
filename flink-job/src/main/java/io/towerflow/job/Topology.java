package io.towerflow.job;

import static io.towerflow.job.ShardKeys.MAX_PARALLELISM;

import io.towerflow.connectors.codec.RawRecord;
import io.towerflow.learn.Example;
import io.towerflow.message.Event;
import io.towerflow.message.Recommendation;
import io.towerflow.spec.ModelSpec;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The graph, from records to recommendations. Its ends are wired outside, so it is the same on
 * Kafka, on collections and in tests.
 *
 * <p>What belongs to an id lives under that id's shard, what belongs to the model under the model's
 * key. Items come before users, because a user's history is kept as item indices.
 */
public final class Topology {

  /**
   * The parallelism from the item vocabulary to the trainer. Examples must reach the trainer in the
   * order of the log: only so an item's first event, which brings its texts, comes before its
   * second, and only so two runs learn the same. Several subtasks would let events overtake each
   * other, since those of one item go on to different users.
   */
  private static final int IN_ORDER = 1;

  private Topology() {}

  /** Defines the job over a stream of records. */
  public static Outputs define(DataStream<RawRecord> records, JobPlan plan) {
    ModelSpec spec = plan.spec();
    int topK = spec.publication().topK();
    int shards = plan.topKShards();

    // Decoded where it is read: handed round among subtasks, records would lose their order.
    SingleOutputStreamOperator<Event> events =
        pinned("decode", records.process(new Decode(plan.specYaml()), type(Event.class)))
            .setParallelism(records.getParallelism());

    SingleOutputStreamOperator<IndexedEvent> indexed =
        pinned(
                "items",
                events
                    .keyBy(event -> ShardKeys.keyOf(event.item()), Types.INT)
                    .process(new ItemOperator(), type(IndexedEvent.class)))
            .setParallelism(IN_ORDER);

    SingleOutputStreamOperator<Example> examples =
        pinned(
                "users",
                indexed
                    .keyBy(event -> ShardKeys.keyOf(event.user()), Types.INT)
                    .process(new UserOperator(spec.historyItems()), type(Example.class)))
            .setParallelism(IN_ORDER);

    SingleOutputStreamOperator<SearchInput> published =
        pinned(
                "trainer",
                examples
                    .keyBy(example -> LearnerState.MODEL_KEY, Types.INT)
                    .transform(
                        "trainer",
                        type(SearchInput.class),
                        new TrainerOperator(plan.learner(), spec.publication().every(), shards)))
            .setParallelism(IN_ORDER);

    SingleOutputStreamOperator<PartialList> partialLists =
        pinned(
            "search",
            published
                .keyBy(input -> ShardKeys.spread(input.shard(), shards), Types.INT)
                .process(new SearchOperator(topK, shards), type(PartialList.class)));

    SingleOutputStreamOperator<Recommendation> recommendations =
        pinned(
            "merge",
            partialLists
                .keyBy(PartialList::user, Types.STRING)
                .process(new MergeOperator(topK, shards), type(Recommendation.class)));

    return new Outputs(
        published.getSideOutput(PublicationSender.ITEM_EMBEDDINGS),
        recommendations,
        published.getSideOutput(TrainerOperator.TRAINING_PROGRESS),
        events.getSideOutput(Decode.DEAD_LETTERS));
  }

  /** A checkpoint finds an operator by its uid, and its keys by the maximum parallelism. */
  private static <T> SingleOutputStreamOperator<T> pinned(
      String id, SingleOutputStreamOperator<T> operator) {
    return operator.uid(id).name(id).setMaxParallelism(MAX_PARALLELISM);
  }

  private static <T> TypeInformation<T> type(Class<T> message) {
    return TypeInformation.of(message);
  }
}
