package io.towerflow.learn;

import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.FieldMapping;
import io.towerflow.profile.ItemProfile;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.ModelSpec;
import io.towerflow.table.CounterRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Events of a shop as the owners of items and users pass them on, under a spec that may change: of
 * an item the fields title, brand (texts), genre, shop (categories) and price, stock (numbers); of
 * the moment device, page and age, hour.
 */
final class Shop {

  private static final int USERS = 9;
  private static final int ITEMS = 12;

  private final Map<String, UserProfile> users = new TreeMap<>();
  private final Map<String, ItemProfile> items = new TreeMap<>();
  private ModelSpec spec;
  private int events;

  Shop(ModelSpec spec) {
    this.spec = spec;
  }

  /** Goes on under another spec. */
  void changeTo(ModelSpec other) {
    FieldMapping mapping = FieldMapping.between(spec, other);
    users.replaceAll((id, user) -> mapping.carried(user));
    items.replaceAll((id, item) -> mapping.carried(item));
    spec = other;
  }

  List<Example> next(int count) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(next());
    }
    return examples;
  }

  private Example next() {
    int e = events++;
    String user = "u" + CounterRandom.below(USERS, 3, e, 0);
    int number = CounterRandom.below(ITEMS, 3, e, 1);
    String item = "i" + number;
    String[] texts =
        spec.event().texts().stream().map(f -> f + " of " + item).toArray(String[]::new);
    Attributes attributes = attributes(spec.event().itemAttributes(), number);
    Attributes context = attributes(spec.event().context(), e);
    long time = 1_000_000_000_000L + e * 600_000L;
    ItemProfile known = items.get(item);
    boolean isNew = known == null;
    boolean hasNews = isNew || !known.has(texts, attributes);
    int index = isNew ? items.size() + 1 : known.index();
    items.put(item, new ItemProfile(index, texts, attributes));
    boolean newUser = !users.containsKey(user);
    UserProfile before = newUser ? UserProfile.fresh(users.size() + 1) : users.get(user);
    boolean positive = spec.event().isPositive(e % 5);
    users.put(user, before.after(index, time, positive, spec.historyItems()).inContext(context));
    return new Example(
        user,
        before,
        newUser,
        item,
        index,
        isNew,
        hasNews ? texts : null,
        hasNews ? attributes : null,
        context,
        time,
        spec.event().value().isPresent() ? e % 5 : Double.NaN,
        spec.event().weight().isPresent() ? 1 + e % 2 : 1,
        positive,
        RawRecord.at("ratings", 0, e));
  }

  private static Attributes attributes(AttributeFields fields, int number) {
    return new Attributes(
        fields.categories().stream()
            .map(field -> new String[] {field + number % 4})
            .toArray(String[][]::new),
        fields.numbers().stream().mapToDouble(field -> field.length() + number % 7).toArray());
  }
}
