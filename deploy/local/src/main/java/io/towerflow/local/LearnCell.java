package io.towerflow.local;

import io.towerflow.arithmetic.Arithmetic;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** One learner on one stream, to be measured in rounds that alternate with those of others. */
interface LearnCell extends AutoCloseable {

  /**
   * What is measured.
   *
   * @param preset the spec's name
   * @param items of the catalogue that the stream goes over, where it is made up for that
   * @param rows of the tables of users and of items, each, where they are filled for that
   * @param width of a row, where they are
   */
  record Coordinates(
      String preset,
      OptionalLong items,
      OptionalLong rows,
      OptionalLong width,
      Arithmetic arithmetic) {

    /** A name for people. */
    String name() {
      StringBuilder name = new StringBuilder(preset);
      items.ifPresent(n -> name.append(String.format(Locale.ROOT, ", %,d items", n)));
      rows.ifPresent(n -> name.append(String.format(Locale.ROOT, ", %,d rows", n)));
      return name.append(", ").append(computing()).toString();
    }

    /** Who computes, for people. */
    String computing() {
      String kind = kind();
      String device = arithmetic.gpu().isPresent() ? " on " + arithmetic.device() : "";
      return "%s%s, %s"
          .formatted(
              kind,
              device,
              arithmetic.threads() == 1 ? "1 thread" : arithmetic.threads() + " threads");
    }

    /** Who computes, for programs. */
    String kind() {
      return arithmetic.kind().name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a round came to.
   *
   * @param events learnt within the time
   * @param seconds by the clock
   * @param processorSeconds of all threads on the processor
   * @param items known at the end
   * @param hitAt10 null where nothing was scored
   * @param hitAt10LastFifth the same over the last fifth of the events
   * @param digest of the whole model
   */
  record Round(
      long events,
      double seconds,
      double processorSeconds,
      long items,
      Double hitAt10,
      Double hitAt10LastFifth,
      String digest) {

    double eventsPerSecond() {
      return seconds > 0 ? events / seconds : 0;
    }

    double eventsPerProcessorSecond() {
      return processorSeconds > 0 ? events / processorSeconds : 0;
    }
  }

  /** Is told how a round gets on. */
  interface Watch {

    /** So many events were learnt of so many. */
    void learnt(long events, long all);

    /** Whether to leave off. */
    boolean isStopping();
  }

  /** What is measured. */
  Coordinates coordinates();

  /** Whether every round has to come to the same model. */
  boolean isRepeated();

  /**
   * Lets the compiler see what it is to compile.
   *
   * @return the events that were learnt for it
   */
  long warmUp(Watch watch) throws Exception;

  /**
   * One round.
   *
   * @return nothing if it was to leave off
   */
  Optional<Round> round(Watch watch) throws Exception;

  @Override
  default void close() {}
}
