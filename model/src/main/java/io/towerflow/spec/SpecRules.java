package io.towerflow.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What no single key can know: whether the parts of a spec work together. */
final class SpecRules {

  private final ModelSpec spec;
  private final Problems problems;

  private SpecRules(ModelSpec spec, Problems problems) {
    this.spec = spec;
    this.problems = problems;
  }

  /** Notes every contradiction in a spec. */
  static void check(ModelSpec spec, Problems problems) {
    SpecRules rules = new SpecRules(spec, problems);
    rules.everyFieldOfTheEventMeansOneThing();
    rules.positivesAreToldByTheValue();
    rules.everyFeatureIsDeclaredOnce("query", spec.query());
    rules.everyFeatureIsDeclaredOnce("candidate", spec.candidate());
    rules.timeBucketsCanBeToldApart();
    rules.everyCycleIsNamedOnce();
    if (rules.historyHasItemsToRead() && rules.candidatesHaveAVector()) {
      rules.widthsFit();
    }
    rules.everyExampleHasNegatives();
    rules.frequenciesAreReadByACorrection();
    rules.aRatingHasAValueToLearn();
    rules.scoresOfABatchFitAnArray();
    rules.adagradNeverDividesByZero();
    rules.everyMemberLearns();
  }

  private void everyFieldOfTheEventMeansOneThing() {
    EventSpec event = spec.event();
    Map<String, String> keys = new HashMap<>();
    keys.put(event.user(), "event.user");
    fieldMeansOneThing(keys, event.item(), "event.item");
    fieldMeansOneThing(keys, event.time(), "event.time");
    event.id().ifPresent(id -> fieldMeansOneThing(keys, id.field(), "event.id"));
    attributesAreFieldsOfTheirOwn(keys, "query", spec.query());
    attributesAreFieldsOfTheirOwn(keys, "candidate", spec.candidate());
    event.value().ifPresent(value -> fieldMeansOneThing(keys, value, "event.value"));
    event.weight().ifPresent(weight -> fieldMeansOneThing(keys, weight, "event.weight"));
  }

  private void positivesAreToldByTheValue() {
    EventSpec event = spec.event();
    event
        .positiveWhen()
        .map(Condition::field)
        .filter(field -> !event.value().equals(Optional.of(field)))
        .ifPresent(
            field ->
                problems.add(
                    "event.positive_when",
                    "it is about the field "
                        + field
                        + ", and event.value is "
                        + event.value().orElse("not there")
                        + "; it takes a condition on the value, so event.value: "
                        + field
                        + event.value().map(value -> " or a condition on " + value).orElse("")));
  }

  /** Ids and times have features of their own. Any other field may be read by several. */
  private void attributesAreFieldsOfTheirOwn(
      Map<String, String> keys, String side, List<FeatureSpec> features) {
    for (int i = 0; i < features.size(); i++) {
      String other = attributeField(features.get(i)).map(keys::get).orElse(null);
      if (other != null) {
        problems.add(
            path(side, i) + ".field",
            "it is "
                + other
                + " already, which a "
                + features.get(i).kind()
                + " cannot read; take another field");
      }
    }
  }

  private static Optional<String> attributeField(FeatureSpec feature) {
    if (feature instanceof FeatureSpec.Category category) {
      return Optional.of(category.field());
    }
    return feature instanceof FeatureSpec.Numeric number
        ? Optional.of(number.field())
        : Optional.empty();
  }

  private void fieldMeansOneThing(Map<String, String> keys, String field, String key) {
    String other = keys.putIfAbsent(field, key);
    if (other != null) {
      problems.add(key, "it is the field " + field + ", which is " + other + " already");
    }
  }

  private void everyFeatureIsDeclaredOnce(String side, List<FeatureSpec> features) {
    Map<Object, Integer> first = new HashMap<>();
    for (int i = 0; i < features.size(); i++) {
      FeatureSpec feature = features.get(i);
      // Every field may be read, and time be cut both ways.
      Optional<String> field =
          feature instanceof FeatureSpec.Text text
              ? Optional.of(text.field())
              : attributeField(feature);
      Object identity = List.of(feature.getClass(), field);
      Integer other = first.putIfAbsent(identity, i);
      if (other != null) {
        problems.add(
            path(side, i),
            path(side, other) + " reads the same already, and a second one has no rows of its own");
      }
    }
  }

  private void timeBucketsCanBeToldApart() {
    for (int i = 0; i < spec.query().size(); i++) {
      if (!(spec.query().get(i) instanceof FeatureSpec.BucketizedTime time)) {
        continue;
      }
      if (!time.from().isBefore(time.to())) {
        problems.add(
            path("query", i) + ".to",
            "it is " + time.to() + ", which is not after from (" + time.from() + ")");
      } else if (time.to().toEpochMilli() - time.from().toEpochMilli() < time.buckets()) {
        problems.add(
            path("query", i) + ".buckets",
            "there are more buckets than milliseconds between from and to, so some never hold an"
                + " event");
      }
    }
  }

  private void everyCycleIsNamedOnce() {
    for (int i = 0; i < spec.query().size(); i++) {
      if (spec.query().get(i) instanceof FeatureSpec.CyclicTime time
          && time.cycles().stream().distinct().count() < time.cycles().size()) {
        problems.add(
            path("query", i) + ".cycles", "a cycle is named twice; leave out the second one");
      }
    }
  }

  /** A history is read through the rows of the candidates' ids. */
  private boolean historyHasItemsToRead() {
    boolean works = true;
    for (int i = 0; i < spec.query().size(); i++) {
      if (!(spec.query().get(i) instanceof FeatureSpec.History history)) {
        continue;
      }
      Optional<FeatureSpec.Id> id = candidateId(spec);
      if (id.isEmpty()) {
        problems.add(
            path("query", i),
            "a history reads the embeddings of the candidates' ids, and candidate.features has no"
                + " feature of kind id");
        works = false;
      } else if (history.decays().size() > id.get().width()) {
        problems.add(
            path("query", i) + ".decays",
            "each of the "
                + history.decays().size()
                + " decays needs a dimension to begin with, and the candidates' id is only "
                + id.get().width()
                + " wide");
      }
    }
    return works;
  }

  /** Popularity adds to a score beside the towers; it is nothing that a tower reads. */
  private boolean candidatesHaveAVector() {
    boolean works = spec.candidate().stream().anyMatch(SpecRules::isReadByTower);
    if (!works) {
      problems.add(
          "candidate.features",
          "popularity alone leaves the candidate tower nothing to read; it takes an id or a text"
              + " beside it");
    }
    return works;
  }

  static boolean isReadByTower(FeatureSpec feature) {
    return !(feature instanceof FeatureSpec.Popularity);
  }

  private void widthsFit() {
    boolean equalWithin = true;
    if (spec.towers().combine() == TowerSpec.Combine.SUM) {
      boolean query = featuresCanBeAddedUp("query", spec.query());
      boolean candidate = featuresCanBeAddedUp("candidate", spec.candidate());
      equalWithin = query && candidate;
    }
    if (!equalWithin) {
      return;
    }
    int query = width(spec.query(), spec);
    int candidate = width(spec.candidate(), spec);
    if (spec.towers().layers().isEmpty() && query != candidate) {
      problems.add(
          "towers.layers",
          "without layers both towers have to come out equally wide, but the query is "
              + query
              + " wide and the candidate "
              + candidate
              + "; change the widths of the features or add a layer");
    } else if (spec.towers().normalize() && outputWidth(spec) == 1) {
      problems.add(
          "towers.normalize",
          "a vector of one number has only a sign once its length is 1, and a sign cannot learn;"
              + " it takes false, or towers that come out wider");
    }
  }

  private boolean featuresCanBeAddedUp(String side, List<FeatureSpec> features) {
    int firstAt =
        IntStream.range(0, features.size())
            .filter(i -> isReadByTower(features.get(i)))
            .findFirst()
            .orElseThrow();
    int first = width(features.get(firstAt));
    int[] others =
        IntStream.range(firstAt + 1, features.size())
            .filter(i -> isReadByTower(features.get(i)) && width(features.get(i)) != first)
            .toArray();
    for (int i : others) {
      problems.add(
          path(side, i) + (hasWidth(features.get(i)) ? ".width" : ""),
          "with towers.combine: sum all features of a side have one width; "
              + path(side, firstAt)
              + " is "
              + first
              + " wide"
              + why(features.get(firstAt))
              + " and this one "
              + width(features.get(i))
              + why(features.get(i))
              + "; make them equal or combine by concat");
    }
    return others.length == 0;
  }

  private void everyExampleHasNegatives() {
    if (spec.loss().uniformNegatives() == 0 && spec.batch().size() < 2) {
      problems.add(
          "batch.size",
          "a batch of one has no other items to learn against; it takes at least 2, or"
              + " loss.uniform_negatives above 0");
    }
  }

  private void frequenciesAreReadByACorrection() {
    if (spec.loss().frequencyEstimate() == LossSpec.FrequencyEstimate.GAP
        && spec.loss().samplingCorrection() == 0) {
      problems.add(
          "loss.frequency_estimate",
          "gaps are counted for the sampling correction alone, and loss.sampling_correction is 0; "
              + "make that greater than 0 or leave out frequency_estimate");
    }
  }

  private void aRatingHasAValueToLearn() {
    if (spec.rating().isLearnt() && spec.event().value().isEmpty()) {
      problems.add(
          "rating.weight",
          "a rating head learns event.value, which is not there; name the field that holds it or"
              + " leave out rating");
    }
  }

  private void scoresOfABatchFitAnArray() {
    long sampled = (long) spec.batch().size() + spec.loss().uniformNegatives();
    boolean isFull = spec.loss().fullCatalogueUntil() > sampled;
    long columns = isFull ? spec.loss().fullCatalogueUntil() : sampled;
    long scores = spec.batch().size() * columns;
    if (scores > Integer.MAX_VALUE) {
      problems.add(
          "batch.size",
          "a batch of "
              + spec.batch().size()
              + " against "
              + columns
              + " items makes "
              + scores
              + " scores, more than an array holds ("
              + Integer.MAX_VALUE
              + "); make the batch or "
              + (isFull ? "loss.full_catalogue_until" : "loss.uniform_negatives")
              + " smaller");
    }
  }

  private void everyMemberLearns() {
    for (double factor : spec.towers().members()) {
      double rate = spec.optimizer().times(factor).learningRate();
      if ((float) rate == 0 || !Float.isFinite((float) rate)) {
        problems.add(
            "towers.members",
            "a member of "
                + factor
                + " learns at a rate of "
                + rate
                + ", which single precision takes for "
                + (float) rate
                + "; it takes a number nearer to 1");
      }
    }
  }

  private void adagradNeverDividesByZero() {
    if (spec.optimizer() instanceof OptimizerSpec.Adagrad adagrad
        && (float) (adagrad.initialAccumulator() + adagrad.epsilon()) == 0) {
      problems.add(
          "optimizer.epsilon",
          "with an initial_accumulator of 0 a gradient of 0 is divided by 0; it takes a number"
              + " greater than 0");
    }
  }

  /** The width of a tower's output. */
  static int outputWidth(ModelSpec spec) {
    List<Integer> layers = spec.towers().layers();
    return layers.isEmpty() ? width(spec.query(), spec) : layers.get(layers.size() - 1);
  }

  /** The width of a side's features together. */
  private static int width(List<FeatureSpec> features, ModelSpec spec) {
    IntStream widths =
        features.stream()
            .filter(SpecRules::isReadByTower)
            .mapToInt(feature -> width(feature, spec));
    return spec.towers().combine() == TowerSpec.Combine.SUM
        ? widths.findFirst().orElseThrow()
        : widths.sum();
  }

  private int width(FeatureSpec feature) {
    return width(feature, spec);
  }

  /** How many numbers a tower reads of a feature. */
  static int width(FeatureSpec feature, ModelSpec spec) {
    if (feature instanceof FeatureSpec.Id id) {
      return id.width();
    } else if (feature instanceof FeatureSpec.Text text) {
      return text.width();
    } else if (feature instanceof FeatureSpec.BucketizedTime time) {
      return time.width();
    } else if (feature instanceof FeatureSpec.RollingTime time) {
      return time.width();
    } else if (feature instanceof FeatureSpec.History) {
      return candidateId(spec).orElseThrow().width();
    } else if (feature instanceof FeatureSpec.CyclicTime time) {
      return time.width().orElse(time.numbers());
    } else if (feature instanceof FeatureSpec.Category category) {
      return category.width();
    } else if (feature instanceof FeatureSpec.Numeric number) {
      return number.width().orElse(1);
    }
    return 1; // a normalized time
  }

  private static boolean hasWidth(FeatureSpec feature) {
    return why(feature).isEmpty();
  }

  /** Where a width comes from that no key sets. */
  private static String why(FeatureSpec feature) {
    if (feature instanceof FeatureSpec.History) {
      return " (as the candidates' id is)";
    }
    if (feature instanceof FeatureSpec.CyclicTime time && time.width().isEmpty()) {
      return " (two numbers a cycle, unless it has a width)";
    }
    if (feature instanceof FeatureSpec.Numeric number && number.width().isEmpty()) {
      return " (it is one number, unless it has a width)";
    }
    return feature instanceof FeatureSpec.NormalizedTime ? " (it is one number)" : "";
  }

  private static Optional<FeatureSpec.Id> candidateId(ModelSpec spec) {
    List<FeatureSpec.Id> ids = new ArrayList<>();
    for (FeatureSpec feature : spec.candidate()) {
      if (feature instanceof FeatureSpec.Id id) {
        ids.add(id);
      }
    }
    return ids.stream().findFirst();
  }

  private static String path(String side, int feature) {
    return side + ".features[" + feature + "]";
  }
}
