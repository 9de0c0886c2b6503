package io.towerflow.job;

import io.towerflow.learn.Publication;
import io.towerflow.message.ItemEmbedding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/** Sends a publication on its ways: embeddings to the world, candidates and queries to search. */
final class PublicationSender {

  static final OutputTag<ItemEmbedding> ITEM_EMBEDDINGS =
      new OutputTag<>("item-embeddings", TypeInformation.of(ItemEmbedding.class));

  /** Queries that a shard answers together. */
  static final int QUERIES_TOGETHER = 64;

  private PublicationSender() {}

  /**
   * Sends all candidates, each to its shard, and then all queries, each to every shard, up to
   * {@value #QUERIES_TOGETHER} together: see {@link SearchOperator}.
   *
   * @param ordinal which publication of this job it is, from 1
   * @param isNews whether the world has not seen this version yet. A trainer that was restored
   *     publishes its version again, every candidate of it, so that the shards are complete however
   *     many there are now; the world must see it once. That an item has left is always news.
   */
  static void send(
      Publication publication,
      long ordinal,
      boolean isNews,
      int shards,
      Output<StreamRecord<SearchInput>> output) {
    long version = publication.version();
    long time = publication.eventTime();
    Set<String> present = new HashSet<>();
    for (Publication.Candidate candidate : publication.candidates()) {
      if (!candidate.isGone()) {
        present.add(candidate.id());
      }
    }
    for (Publication.Candidate candidate : publication.candidates()) {
      // An item that has left may be back under another index: the world knows it by its id.
      boolean isBack = isNews && present.contains(candidate.id());
      if (candidate.isGone() ? !isBack : isNews) {
        var embedding = new ItemEmbedding(candidate.id(), candidate.vector(), version, time);
        output.collect(ITEM_EMBEDDINGS, new StreamRecord<>(embedding));
      }
      int shard = SearchOperator.shardOf(candidate.index(), shards);
      var input = new SearchInput(shard, ordinal, version, time, candidate, null);
      output.collect(new StreamRecord<>(input));
    }
    List<Publication.Query> queries = publication.queries();
    for (int first = 0; first < queries.size(); first += QUERIES_TOGETHER) {
      int end = Math.min(queries.size(), first + QUERIES_TOGETHER);
      List<Publication.Query> together = new ArrayList<>(queries.subList(first, end));
      for (int shard = 0; shard < shards; shard++) {
        var input = new SearchInput(shard, ordinal, version, time, null, together);
        output.collect(new StreamRecord<>(input));
      }
    }
  }
}
