package io.towerflow.job;

import io.towerflow.learn.Publication;
import java.util.List;

/**
 * What the trainer sends to one top-K shard: either a candidate, to keep or to let go of, or
 * queries to answer, together since that takes less time.
 *
 * @param shard the top-K shard that it is for
 * @param publication the ordinal of the publication that it is part of
 * @param version the training step that the vector was computed after
 * @param eventTime the latest event time learnt, milliseconds since the epoch
 * @param candidate the candidate, null if these are queries
 * @param queries the queries, null if this is a candidate
 */
public record SearchInput(
    int shard,
    long publication,
    long version,
    long eventTime,
    Publication.Candidate candidate,
    List<Publication.Query> queries) {}
