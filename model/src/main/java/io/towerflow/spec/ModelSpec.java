package io.towerflow.spec;

import java.util.List;
import java.util.Optional;

/**
 * The checked model spec. Everything about the model that is declared rather than coded.
 *
 * @param name a name for people
 * @param seed the seed of every random choice
 * @param event which fields of an incoming event mean what
 * @param order which order events are learnt in
 * @param vocabulary when ids enter and leave
 * @param query features of the query tower
 * @param candidate features of the candidate tower
 * @param rating the head that foretells an event's value, if there is one
 */
public record ModelSpec(
    String name,
    long seed,
    EventSpec event,
    EventOrder order,
    VocabularySpec vocabulary,
    List<FeatureSpec> query,
    List<FeatureSpec> candidate,
    TowerSpec towers,
    LossSpec loss,
    RatingSpec rating,
    OptimizerSpec optimizer,
    BatchSpec batch,
    ReplaySpec replay,
    PublicationSpec publication,
    EvaluationSpec evaluation) {

  /** The candidates' popularity feature, if they have one. */
  public Optional<FeatureSpec.Popularity> popularity() {
    return candidate.stream()
        .filter(FeatureSpec.Popularity.class::isInstance)
        .map(FeatureSpec.Popularity.class::cast)
        .findFirst();
  }

  /**
   * How many of a user's last items a query reads: as many as its history feature, and at least one
   * where the time since the last item weighs popularity.
   */
  public int historyItems() {
    return query.stream()
        .filter(FeatureSpec.History.class::isInstance)
        .mapToInt(feature -> ((FeatureSpec.History) feature).items())
        .max()
        .orElse(popularity().isPresent() ? 1 : 0);
  }
}
