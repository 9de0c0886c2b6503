package io.towerflow.local;

import io.towerflow.connectors.codec.EventDecoder;
import io.towerflow.connectors.codec.UndecodableException;
import io.towerflow.connectors.data.DataSet;
import io.towerflow.connectors.data.DataSetProducer;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.EventSpec;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Events as the job reads them: through the decoder, which refuses what it would refuse there. Of
 * their records they have the place alone, since some readers keep all of them in memory.
 */
final class Events {

  private Events() {}

  /**
   * Reads the events of a topic.
   *
   * @return how many records are none
   */
  static long read(Backlog ratings, EventSpec spec, Consumer<Event> reader) {
    Decoding decoding = new Decoding(spec, reader);
    ratings.read(
        record ->
            decoding.add(
                record.value(), RawRecord.at(record.topic(), record.partition(), record.offset())));
    return decoding.refused;
  }

  /**
   * Reads the events of a data set as if they had been sent.
   *
   * @return how many of them would have become dead letters
   */
  static long read(DataSet data, EventSpec spec, Consumer<Event> reader) {
    try (Stream<Map<String, Object>> events = data.events()) {
      return read(events, spec, reader);
    }
  }

  /**
   * Reads events as if they had been sent.
   *
   * @return how many of them would have become dead letters
   */
  static long read(Stream<Map<String, Object>> events, EventSpec spec, Consumer<Event> reader) {
    Decoding decoding = new Decoding(spec, reader);
    Iterator<Map<String, Object>> all = events.iterator();
    for (long offset = 0; all.hasNext(); offset++) {
      decoding.add(DataSetProducer.value(all.next()), RawRecord.at("", 0, offset));
    }
    return decoding.refused;
  }

  private static final class Decoding {
    private final EventDecoder decoder;
    private final Consumer<Event> reader;
    private long refused;

    Decoding(EventSpec spec, Consumer<Event> reader) {
      this.decoder = new EventDecoder(spec);
      this.reader = reader;
    }

    void add(byte[] value, RawRecord place) {
      Event event;
      try {
        event = decoder.decode(value, place);
      } catch (UndecodableException e) {
        refused++;
        return;
      }
      reader.accept(event);
    }
  }
}
