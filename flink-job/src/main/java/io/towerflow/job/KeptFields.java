package io.towerflow.job;

import io.towerflow.profile.FieldMapping;
import io.towerflow.spec.CanonicalSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Tells, key by key, whether what an operator keeps there has the fields of the job's spec or those
 * of an earlier one. Each key says which spec its entries are of, so that it may be restored on any
 * subtask. An operator looks at all its keys when it opens, so that none is ever a spec behind:
 * what the model forgot under a spec in between, a key that was not looked at would take for known.
 */
final class KeptFields {

  /** The state that holds a key's spec, as {@link CanonicalSpec} writes it. */
  static final ValueStateDescriptor<String> DESCRIPTOR =
      new ValueStateDescriptor<>("spec", Types.STRING);

  private final ModelSpec spec;
  private final String text;
  private final ValueState<String> ofKey;
  private final Map<String, FieldMapping> mappings = new HashMap<>();

  /**
   * @param specYaml the job's spec
   * @param ofKey of {@link #DESCRIPTOR}
   */
  KeptFields(String specYaml, ValueState<String> ofKey) {
    spec = ModelSpecs.parse(specYaml);
    text = CanonicalSpec.text(spec);
    this.ofKey = ofKey;
  }

  /**
   * Notes that all entries of the current key are of the job's spec from now on.
   *
   * @return how entries are to be carried over that are of another one. Those of a snapshot from
   *     before specs were noted are taken to be of this one
   */
  Optional<FieldMapping> align() throws IOException {
    String was = ofKey.value();
    if (text.equals(was)) {
      return Optional.empty();
    }
    ofKey.update(text);
    return Optional.ofNullable(was)
        .map(
            before ->
                mappings.computeIfAbsent(
                    before, known -> FieldMapping.between(CanonicalSpec.read(known), spec)));
  }

  /**
   * Carries the entries of the current key over to the job's spec.
   *
   * @param concerned whether a mapping changes such entries
   */
  <T> void carryOver(
      MapState<String, T> entries,
      Predicate<FieldMapping> concerned,
      BiFunction<T, FieldMapping, T> carried)
      throws Exception {
    Optional<FieldMapping> mapping = align().filter(concerned);
    if (mapping.isPresent()) {
      Map<String, T> after = new HashMap<>();
      for (Map.Entry<String, T> entry : entries.entries()) {
        after.put(entry.getKey(), carried.apply(entry.getValue(), mapping.get()));
      }
      entries.putAll(after);
    }
  }
}
