package io.towerflow.local;

import io.towerflow.connectors.codec.EventDecoder;
import io.towerflow.connectors.codec.RawRecord;
import io.towerflow.connectors.codec.UndecodableException;
import io.towerflow.connectors.data.DataSet;
import io.towerflow.connectors.data.DataSetProducer;
import io.towerflow.message.Event;
import io.towerflow.spec.EventSpec;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Events as the job reads them: through the decoder, which refuses what it would refuse there. */
final class Events {

  private static final String[] NO_HEADERS = {};
  private static final byte[][] NO_HEADER_VALUES = {};

  private Events() {}

  /**
   * Reads the events of a topic.
   *
   * @return how many records are none
   */
  static long read(Backlog ratings, EventSpec spec, Consumer<Event> reader) {
    Decoding decoding = new Decoding(spec, reader);
    ratings.read(record -> decoding.add(raw(record)));
    return decoding.refused;
  }

  /**
   * Reads the events of a data set as if they had been sent.
   *
   * @return how many of them would have become dead letters
   */
  static long read(DataSet data, EventSpec spec, Consumer<Event> reader) {
    Decoding decoding = new Decoding(spec, reader);
    try (Stream<Map<String, Object>> events = data.events()) {
      Iterator<Map<String, Object>> all = events.iterator();
      for (long offset = 0; all.hasNext(); offset++) {
        decoding.add(raw(DataSetProducer.value(all.next()), offset));
      }
    }
    return decoding.refused;
  }

  private static RawRecord raw(ConsumerRecord<byte[], byte[]> record) {
    return new RawRecord(
        record.key(),
        record.value(),
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        NO_HEADERS,
        NO_HEADER_VALUES);
  }

  private static RawRecord raw(byte[] value, long offset) {
    return new RawRecord(null, value, "", 0, offset, 0, NO_HEADERS, NO_HEADER_VALUES);
  }

  private static final class Decoding {
    private final EventDecoder decoder;
    private final Consumer<Event> reader;
    private long refused;

    Decoding(EventSpec spec, Consumer<Event> reader) {
      this.decoder = new EventDecoder(spec);
      this.reader = reader;
    }

    void add(RawRecord record) {
      Event event;
      try {
        event = decoder.decode(record);
      } catch (UndecodableException e) {
        refused++;
        return;
      }
      reader.accept(event);
    }
  }
}
