package io.towerflow.local;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * One user: what they took to most, and what they get.
 *
 * @param user the user's id
 * @param events how many events there are of this user
 * @param modelVersion the training step that the list was made at
 * @param eventTime the latest event time that the model had learnt then, ISO-8601
 * @param favourites what they valued highest, or took last where events carry no value
 * @param recommended the latest top-K list, best first
 */
record UserList(
    @JsonProperty("user_id") String user,
    @JsonProperty("events") long events,
    @JsonProperty("model_version") long modelVersion,
    @JsonProperty("event_time") String eventTime,
    @JsonProperty("favourites") List<Favourite> favourites,
    @JsonProperty("items") List<Item> recommended) {

  /**
   * An item that the user took.
   *
   * @param label the item's name for people, its id where it has none
   * @param value what the user's last event of it carries, null where that is nothing
   */
  record Favourite(
      @JsonProperty("id") String id,
      @JsonProperty("label") String label,
      @JsonProperty("value") Double value) {}

  /**
   * A recommended item.
   *
   * @param label the item's name for people, its id where it has none
   */
  record Item(
      @JsonProperty("id") String id,
      @JsonProperty("label") String label,
      @JsonProperty("score") double score,
      @JsonProperty("rank") int rank) {}
}
