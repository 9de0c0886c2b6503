package io.towerflow.job;

import static io.towerflow.job.ShardKeys.MAX_PARALLELISM;

import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.message.Recommendation;
import io.towerflow.spec.ModelSpec;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
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
   * The parallelism of the two who see all events: one gives the order, the other learns in it.
   * Between them events may overtake each other. Those of an item cannot, since there is one way
   * from the sequence to a shard of items; those of a shard of users are put in order there.
   */
  private static final int IN_ORDER = 1;

  private Topology() {}

  /** Defines the job over a stream of records. */
  public static Outputs define(DataStream<RawRecord> records, JobPlan plan) {
    ModelSpec spec = plan.spec();
    int topK = spec.publication().topK();
    int shards = plan.topKShards();
    int parallelism = records.getExecutionEnvironment().getParallelism();

    // Decoded where it is read: handed round among subtasks, records would lose their order.
    SingleOutputStreamOperator<Event> events =
        pinned("decode", records.process(new Decode(plan.specYaml()), WireFormat.EVENT))
            .setParallelism(records.getParallelism());

    SingleOutputStreamOperator<SequencedEvent> sequenced =
        pinned(
                "sequence",
                keyed(events, event -> SequenceOperator.KEY, IN_ORDER)
                    .transform("sequence", WireFormat.SEQUENCED_EVENT, new SequenceOperator(plan)))
            .setParallelism(IN_ORDER);

    SingleOutputStreamOperator<IndexedEvent> indexed =
        pinned(
            "items",
            keyed(sequenced, event -> ShardKeys.key(event.shard()), parallelism)
                .transform(
                    "items",
                    WireFormat.INDEXED_EVENT,
                    new ItemOperator(spec.vocabulary().items(), plan.specYaml())));

    SingleOutputStreamOperator<SequencedExample> examples =
        pinned(
            "users",
            keyed(indexed, event -> ShardKeys.key(event.shard()), parallelism)
                .transform(
                    "users",
                    WireFormat.SEQUENCED_EXAMPLE,
                    new UserOperator(
                        spec.historyItems(), spec.vocabulary().users(), plan.specYaml())));

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
        events
            .getSideOutput(DeadLetters.TAG)
            .union(
                sequenced.getSideOutput(DeadLetters.TAG),
                published.getSideOutput(DeadLetters.TAG)));
  }

  /**
   * A stream by keys. One subtask that hands to one has nothing to spread: without an exchange both
   * are in one thread, and no message is serialized between them.
   */
  private static <T> KeyedStream<T, Integer> keyed(
      SingleOutputStreamOperator<T> stream, KeySelector<T, Integer> key, int parallelism) {
    return stream.getParallelism() == 1 && parallelism == 1
        ? DataStreamUtils.reinterpretAsKeyedStream(stream, key, Types.INT)
        : stream.keyBy(key, Types.INT);
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
