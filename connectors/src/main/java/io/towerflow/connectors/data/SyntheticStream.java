package io.towerflow.connectors.data;

import io.towerflow.connectors.data.SyntheticWorld.Action;
import io.towerflow.spec.EventSpec;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A stream made up from a seed, with a structure that a recommender can learn.
 *
 * <ul>
 *   <li>An item belongs to a circle within a theme, which the words of its title tell. Popularity
 *       follows Zipf's law.
 *   <li>A user has three favourite themes. Now and then, when a session begins, the least of them
 *       makes room for a new first one: tastes drift.
 *   <li>Users act in sessions of 8 events on average, seconds apart, and about a dozen sessions run
 *       at a time. A session is about one theme, and its next item mostly comes from the circle of
 *       the last one.
 *   <li>Nobody takes an item twice. Ratings, from 1 to 5, tell how dear the item's theme is to the
 *       user.
 *   <li>Users and items arrive all along, by the count of events.
 * </ul>
 *
 * <p>The fields bear the spec's names. The label, or the first text where there is no label, holds
 * the item's title; further texts hold its theme. The time is in seconds since the epoch. Where an
 * item's id is itself a text, the title is its id.
 */
public final class SyntheticStream implements DataSet {

  private final EventSpec spec;
  private final SyntheticOptions options;

  /** The stream of {@code options}, in the fields that {@code spec} names. */
  public SyntheticStream(EventSpec spec, SyntheticOptions options) {
    this.spec = spec;
    this.options = options;
  }

  @Override
  public String name() {
    return "synthetic, seed " + options.seed();
  }

  @Override
  public long size() {
    return options.events();
  }

  @Override
  public Set<String> fields() {
    Set<String> fields = new LinkedHashSet<>();
    fields.add(spec.user());
    fields.add(spec.item());
    fields.addAll(spec.texts());
    fields.add(spec.time());
    spec.value().ifPresent(fields::add);
    return fields;
  }

  @Override
  public String keyField() {
    return spec.user();
  }

  @Override
  public Stream<Map<String, Object>> events() {
    var actions =
        Spliterators.spliterator(
            new SyntheticWorld(options), options.events(), Spliterator.ORDERED);
    return StreamSupport.stream(actions, false).map(this::event);
  }

  private Map<String, Object> event(Action action) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put(spec.user(), "u" + (action.user() + 1));
    event.put(spec.item(), "i" + (action.item().id() + 1));
    for (String text : spec.texts()) {
      boolean title = text.equals(titleField()) || text.equals(spec.item());
      event.put(text, title ? action.item().title() : Theme.ALL.get(action.item().theme()).name());
    }
    event.put(spec.time(), Math.floorDiv(action.time(), 1000));
    spec.value().ifPresent(value -> event.put(value, action.rating()));
    return event;
  }

  private String titleField() {
    return spec.label().orElse(spec.texts().isEmpty() ? "" : spec.texts().get(0));
  }
}
