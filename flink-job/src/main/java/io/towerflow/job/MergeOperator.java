package io.towerflow.job;

import io.towerflow.message.Recommendation;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Merges the shards' lists of a user into one recommendation. Keyed by the user's id.
 *
 * <p>Lists are told apart by the publication they are part of, not by its version: two publications
 * can be of one version, when a user's history moved on and no batch was trained. Each shard
 * answers publications in order, so a user's recommendations leave in that order too.
 */
final class MergeOperator extends KeyedProcessFunction<String, PartialList, Recommendation> {

  private final int topK;
  private final int shards;

  private transient MapState<Long, PartialList> waiting;

  MergeOperator(int topK, int shards) {
    this.topK = topK;
    this.shards = shards;
  }

  @Override
  public void open(OpenContext context) {
    waiting =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "waiting-lists", Types.LONG, TypeInformation.of(PartialList.class)));
  }

  @Override
  public void processElement(PartialList list, Context context, Collector<Recommendation> out)
      throws Exception {
    PartialList merged = list;
    if (list.shards() < shards) {
      PartialList earlier = waiting.get(list.publication());
      if (earlier != null) {
        merged = earlier.merge(list, topK);
      }
      if (merged.shards() < shards) {
        waiting.put(list.publication(), merged);
        return;
      }
      waiting.remove(list.publication());
    }
    out.collect(merged.recommendation());
  }
}
