package io.towerflow.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;
import static java.util.Comparator.comparingLong;
import static java.util.Comparator.reverseOrder;

import io.towerflow.connectors.codec.Messages;
import io.towerflow.message.Event;
import io.towerflow.message.Recommendation;
import io.towerflow.spec.EventSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Puts together, from the topics, what users took and what they get. */
final class UserLists {

  private static final int FAVOURITES = 10;

  /** A user with fewer events has shown too little for a list to be judged by eye. */
  private static final int ACTIVE = 20;

  /** Not everybody has a list yet, so more users than needed are looked at. */
  private static final int CANDIDATES = 50;

  private final Topics topics;
  private final EventSpec spec;
  private final Backlog ratings;
  private final String recommendations;

  /**
   * @param spec which fields of an event mean what
   * @param ratings the events
   * @param recommendations the topic of top-K lists
   */
  UserLists(Topics topics, EventSpec spec, Backlog ratings, String recommendations) {
    this.topics = topics;
    this.spec = spec;
    this.ratings = ratings;
    this.recommendations = recommendations;
  }

  /** The users of {@code count} who acted last, of those with enough events and a list. */
  List<UserList> lastActive(int count) {
    Map<String, Activity> activities = new HashMap<>();
    Events.read(
        ratings, spec, event -> activities.computeIfAbsent(event.user(), Activity::new).add(event));
    List<String> candidates =
        activities.values().stream()
            .sorted(
                comparing((Activity activity) -> activity.events < ACTIVE)
                    .thenComparing(comparingLong((Activity activity) -> activity.last).reversed())
                    .thenComparing(activity -> activity.user))
            .limit(CANDIDATES)
            .map(activity -> activity.user)
            .toList();
    Map<String, Recommendation> latest = latest(candidates);
    return lists(candidates.stream().filter(latest::containsKey).limit(count).toList(), latest);
  }

  /** The list of one user, if there is one. */
  Optional<UserList> of(String user) {
    Map<String, Recommendation> latest = latest(List.of(user));
    return latest.isEmpty() ? Optional.empty() : Optional.of(lists(List.of(user), latest).get(0));
  }

  private List<UserList> lists(List<String> users, Map<String, Recommendation> latest) {
    Map<String, Map<String, Event>> taken = new HashMap<>();
    Map<String, Long> events = new HashMap<>();
    Map<String, String> labels = new HashMap<>();
    Set<String> recommended = new HashSet<>();
    for (String user : users) {
      taken.put(user, new HashMap<>());
      recommended.addAll(List.of(latest.get(user).items()));
    }
    int label = spec.label().map(spec.texts()::indexOf).orElse(-1);
    Events.read(
        ratings,
        spec,
        event -> {
          Map<String, Event> items = taken.get(event.user());
          if (items != null) {
            items.put(event.item(), event);
            events.merge(event.user(), 1L, Long::sum);
          }
          if (label >= 0 && (items != null || recommended.contains(event.item()))) {
            labels.put(event.item(), event.texts()[label]);
          }
        });
    List<UserList> lists = new ArrayList<>();
    for (String user : users) {
      Recommendation list = latest.get(user);
      lists.add(
          new UserList(
              user,
              events.getOrDefault(user, 0L),
              list.modelVersion(),
              Instant.ofEpochMilli(list.eventTime()).toString(),
              favourites(taken.get(user).values(), labels),
              items(list, labels)));
    }
    return lists;
  }

  private static List<UserList.Favourite> favourites(
      Collection<Event> taken, Map<String, String> labels) {
    Comparator<Event> byValue =
        comparingDouble(event -> Double.isNaN(event.value()) ? -Double.MAX_VALUE : event.value());
    return taken.stream()
        .sorted(
            byValue
                .reversed()
                .thenComparing(Event::time, reverseOrder())
                .thenComparing(Event::item))
        .limit(FAVOURITES)
        .map(
            event ->
                new UserList.Favourite(
                    event.item(),
                    labels.getOrDefault(event.item(), event.item()),
                    Double.isNaN(event.value()) ? null : event.value()))
        .toList();
  }

  private static List<UserList.Item> items(Recommendation list, Map<String, String> labels) {
    List<UserList.Item> items = new ArrayList<>();
    for (int i = 0; i < list.items().length; i++) {
      String id = list.items()[i];
      items.add(new UserList.Item(id, labels.getOrDefault(id, id), list.scores()[i], i + 1));
    }
    return items;
  }

  private Map<String, Recommendation> latest(Collection<String> users) {
    Set<String> wanted = Set.copyOf(users);
    Map<String, Recommendation> latest = new HashMap<>();
    topics.read(
        recommendations,
        record -> {
          String user = record.key() == null ? "" : new String(record.key(), UTF_8);
          if (wanted.contains(user) && record.value() != null) {
            latest.put(user, decode(record));
          }
        });
    return latest;
  }

  private static Recommendation decode(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Messages.decodeRecommendation(record.value());
    } catch (IllegalArgumentException e) {
      throw new LaunchException(
          "Topic '%s', partition %d, offset %d: %s"
              .formatted(record.topic(), record.partition(), record.offset(), e.getMessage()),
          e);
    }
  }

  private static final class Activity {
    private final String user;
    private long events;
    private long last = Long.MIN_VALUE;

    Activity(String user) {
      this.user = user;
    }

    void add(Event event) {
      events++;
      last = Math.max(last, event.time());
    }
  }
}
