package io.towerflow.spec;

import java.time.Duration;

/**
 * When embeddings and lists leave, and how long the lists are.
 *
 * @param topK items in a list
 * @param everyEvents a publication is due after so many events trained
 * @param every a publication is also due so long (wall clock) after the last one, if anything
 *     changed
 * @param tolerance a candidate is not sent again while a score could be off by at most so much for
 *     what has moved since
 * @param renewEvery but for this: once in so many publications it is sent whatever has moved
 */
public record PublicationSpec(
    int topK, int everyEvents, Duration every, double tolerance, int renewEvery) {}
