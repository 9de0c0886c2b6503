package io.towerflow.profile;

import io.towerflow.message.Event;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Carries what is kept of events, items and users from one spec to another. Texts, categories and
 * numbers are kept in the order of the spec's fields; they go on under their fields' names, and
 * what a field never told is not known until it comes.
 */
public final class FieldMapping {

  /** Of each text field the place that it had, -1 where it was none. */
  private final int[] texts;

  /** Of each text field whether as much of it was read before as is now. */
  private final boolean[] read;

  private final boolean textsUnchanged;
  private final AttributeMapping items;
  private final AttributeMapping context;

  private FieldMapping(ModelSpec before, ModelSpec after) {
    texts = AttributeMapping.places(before.event().texts(), after.event().texts());
    read = new boolean[texts.length];
    for (int i = 0; i < read.length; i++) {
      String field = after.event().texts().get(i);
      read[i] = tokensRead(before, field) >= tokensRead(after, field);
    }
    textsUnchanged = before.event().texts().equals(after.event().texts());
    items =
        AttributeMapping.between(before.event().itemAttributes(), after.event().itemAttributes());
    context = AttributeMapping.between(before.event().context(), after.event().context());
  }

  /** From the spec that something was kept under to another one. */
  public static FieldMapping between(ModelSpec before, ModelSpec after) {
    return new FieldMapping(before, after);
  }

  /** How many tokens of a text are read; 0 of one that is a label alone. */
  private static int tokensRead(ModelSpec spec, String field) {
    return spec.candidate().stream()
        .filter(feature -> feature instanceof FeatureSpec.Text text && text.field().equals(field))
        .mapToInt(feature -> ((FeatureSpec.Text) feature).maxTokens())
        .findFirst()
        .orElse(0);
  }

  /** Whether items are kept as before. */
  public boolean keepsItems() {
    return textsUnchanged && items.unchanged() && allRead();
  }

  private boolean allRead() {
    return IntStream.range(0, read.length).allMatch(i -> read[i]);
  }

  /** Whether users are kept as before. */
  public boolean keepsUsers() {
    return context.unchanged();
  }

  /** Whether events are kept as before. */
  public boolean keepsEvents() {
    return textsUnchanged && items.unchanged() && context.unchanged();
  }

  /** The attributes of items. */
  public AttributeMapping items() {
    return items;
  }

  /** The attributes of moments. */
  public AttributeMapping context() {
    return context;
  }

  /** Of each text field the place that it had, -1 where it was none. */
  public int[] texts() {
    return texts.clone();
  }

  /**
   * An item as the new spec keeps it. A text of which the model now reads more than it was told is
   * null, which no event's text equals: so the item's next event tells the model all of it.
   */
  public ItemProfile carried(ItemProfile before) {
    String[] known = texts(before.texts(), null);
    for (int i = 0; i < known.length; i++) {
      known[i] = read[i] ? known[i] : null;
    }
    return new ItemProfile(before.index(), known, items.carried(before.attributes()));
  }

  /** A user as the new spec keeps it. */
  public UserProfile carried(UserProfile before) {
    return new UserProfile(
        before.index(),
        before.seen(),
        before.recentItems(),
        before.recentTimes(),
        context.carried(before.context()),
        before.followed());
  }

  /** An event that was decoded under the old spec. Texts that it was not asked for are empty. */
  public Event carried(Event before) {
    return new Event(
        before.user(),
        before.item(),
        before.time(),
        before.value(),
        before.weight(),
        before.positive(),
        carriedTexts(before.texts()),
        items.carried(before.itemAttributes()),
        context.carried(before.context()),
        before.id(),
        before.record());
  }

  /** Texts as the new spec's fields have them, empty where they were not asked for. */
  public String[] carriedTexts(String[] before) {
    return texts(before, "");
  }

  private String[] texts(String[] before, String unknown) {
    return Arrays.stream(texts)
        .mapToObj(at -> at >= 0 ? before[at] : unknown)
        .toArray(String[]::new);
  }
}
