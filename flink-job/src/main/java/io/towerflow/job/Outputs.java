package io.towerflow.job;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * What the job tells the world.
 *
 * @param itemEmbeddings vectors of the items that changed, a publication after the other
 * @param recommendations lists of the users that something happened to
 * @param trainingProgress how training stands after each window of events
 * @param deadLetters records that could not be used, with the reason
 */
public record Outputs(
    DataStream<ItemEmbedding> itemEmbeddings,
    DataStream<Recommendation> recommendations,
    DataStream<TrainingProgress> trainingProgress,
    DataStream<DeadLetter> deadLetters) {}
