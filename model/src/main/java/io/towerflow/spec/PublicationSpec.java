package io.towerflow.spec;

import java.time.Duration;

/**
 * When embeddings and lists leave, and how long the lists are.
 *
 * @param topK items in a list
 * @param everyEvents a publication is due after so many events trained
 * @param every a publication is also due so long (wall clock) after the last one, if anything
 *     changed
 */
public record PublicationSpec(int topK, int everyEvents, Duration every) {}
