package io.towerflow.local;

import io.towerflow.learn.Example;
import io.towerflow.learn.Learner;
import io.towerflow.message.Event;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Has one model learn for very long, the same events over and over, each time later by the length
 * of the stream, and looks at the memory that it takes.
 */
final class LearnEndurance {

  private static final int LOOKS = 10;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  /**
   * How things stood after a step.
   *
   * @param events learnt by then
   * @param seconds of learning since the look before
   * @param heapBytes what the heap held after a collection of garbage
   * @param residentBytes what the process held of the machine's memory, where the system says that
   */
  record Look(long step, long events, double seconds, long heapBytes, OptionalLong residentBytes) {}

  private final Session session;
  private final long steps;

  LearnEndurance(Session session, long steps) {
    this.session = session;
    this.steps = steps;
  }

  /**
   * Learns so many steps.
   *
   * @return how things stood before the first step, and then ten times at equal distances; nothing
   *     if it was stopped
   */
  Optional<List<Look>> run(StreamCell cell) throws Exception {
    List<Event> events = cell.events();
    long lap = events.get(events.size() - 1).time() - events.get(0).time() + 1000;
    List<Look> looks = new ArrayList<>();
    try (Learner learner = cell.learner()) {
      ExampleFeed feed = cell.feed();
      LearnTimer timer = new LearnTimer(learner);
      long begin = learner.step();
      looks.add(look(0, 0, 0));
      for (long next = 0; learner.step() - begin < steps; ) {
        if (session.isStopping()) {
          return Optional.empty();
        }
        List<Example> examples = new ArrayList<>(StreamCell.CHUNK);
        for (int i = 0; i < StreamCell.CHUNK; i++, next++) {
          long laps = next / events.size();
          Event event = events.get((int) (next % events.size()));
          examples.add(feed.next(later(event, laps * lap)));
        }
        timer.learn(examples);
        long step = learner.step() - begin;
        if (step * LOOKS >= steps * looks.size()) {
          looks.add(look(step, timer.events(), timer.seconds() - seconds(looks)));
        }
        session
            .output()
            .show(
                String.format(
                    Locale.ROOT,
                    "  %s: step %,d of %,d, %,d events",
                    cell.coordinates().name(),
                    step,
                    steps,
                    timer.events()));
      }
    }
    session.output().end();
    return Optional.of(looks);
  }

  private static double seconds(List<Look> looks) {
    return looks.stream().mapToDouble(Look::seconds).sum();
  }

  private static Look look(long step, long events, double seconds) throws IOException {
    System.gc();
    return new Look(
        step,
        events,
        seconds,
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        resident());
  }

  private static OptionalLong resident() throws IOException {
    if (!Files.isReadable(STATUS)) {
      return OptionalLong.empty();
    }
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(RESIDENT))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst();
  }

  private static Event later(Event event, long millis) {
    return new Event(
        event.user(),
        event.item(),
        event.time() + millis,
        event.value(),
        event.weight(),
        event.positive(),
        event.texts(),
        event.itemAttributes(),
        event.context(),
        event.id(),
        event.record());
  }
}
