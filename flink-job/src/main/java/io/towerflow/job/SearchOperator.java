package io.towerflow.job;

import io.towerflow.learn.Publication;
import io.towerflow.topk.CandidateIndex;
import io.towerflow.topk.Hit;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Answers queries with the best unseen candidates of a top-K shard, exactly. Keyed by the shard.
 *
 * <p>All that a shard gets comes from the one trainer through one first-in-first-out channel. A
 * publication's candidates are in it before its queries, and those of the next one after them: a
 * query is only ever scored against candidates as its own version of the model has them.
 *
 * <p>Keyed state holds the truth. The index that is searched is a copy on the heap, filled from the
 * state when the shard is first used.
 */
final class SearchOperator extends KeyedProcessFunction<Integer, SearchInput, PartialList> {

  private final int topK;
  private final int shards;

  private transient MapState<Integer, Publication.Candidate> candidates;
  private transient Map<Integer, CandidateIndex> indexes;

  SearchOperator(int topK, int shards) {
    this.topK = topK;
    this.shards = shards;
  }

  /** The shard that keeps a candidate. */
  static int shardOf(int itemIndex, int shards) {
    return itemIndex % shards;
  }

  @Override
  public void open(OpenContext context) {
    candidates =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "candidates", Types.INT, TypeInformation.of(Publication.Candidate.class)));
    indexes = new HashMap<>();
  }

  @Override
  public void processElement(SearchInput input, Context context, Collector<PartialList> out)
      throws Exception {
    CandidateIndex index = indexes.get(input.shard());
    if (index == null) {
      index = load(input.shard());
      indexes.put(input.shard(), index);
    }
    Publication.Candidate candidate = input.candidate();
    if (candidate != null && candidate.isGone()) {
      candidates.remove(candidate.index());
      index.remove(candidate.index());
      return;
    }
    float[] vector = candidate == null ? input.queries().get(0).vector() : candidate.vector();
    if (!index.fits(vector)) {
      // The spec was changed since the checkpoint. The first publication after a restore holds
      // every candidate, before any query.
      candidates.clear();
      index = new CandidateIndex();
      indexes.put(input.shard(), index);
    }
    if (candidate != null) {
      candidates.put(candidate.index(), candidate);
      index.put(candidate.index(), candidate.id(), candidate.vector());
    } else {
      answer(input, index, out);
    }
  }

  private void answer(SearchInput input, CandidateIndex index, Collector<PartialList> out) {
    List<Publication.Query> queries = input.queries();
    float[][] vectors = new float[queries.size()][];
    int[][] seen = new int[queries.size()][];
    for (int q = 0; q < vectors.length; q++) {
      vectors[q] = queries.get(q).vector();
      seen[q] = queries.get(q).seen();
    }
    List<List<Hit>> lists = index.search(vectors, seen, topK);
    for (int q = 0; q < vectors.length; q++) {
      out.collect(
          new PartialList(
              queries.get(q).user(),
              input.publication(),
              input.version(),
              input.eventTime(),
              1,
              lists.get(q)));
    }
  }

  private CandidateIndex load(int shard) throws Exception {
    CandidateIndex index = new CandidateIndex();
    Iterator<Map.Entry<Integer, Publication.Candidate>> kept = candidates.iterator();
    while (kept.hasNext()) {
      Publication.Candidate candidate = kept.next().getValue();
      if (shardOf(candidate.index(), shards) == shard) {
        index.put(candidate.index(), candidate.id(), candidate.vector());
      } else {
        // The number of shards has changed since the checkpoint: another shard keeps it now. The
        // first publication after a restore holds every candidate, so none is missing there.
        kept.remove();
      }
    }
    return index;
  }
}
