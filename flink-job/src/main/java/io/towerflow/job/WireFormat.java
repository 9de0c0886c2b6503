package io.towerflow.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.UserProfile;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How each kind of message is written on its way: its fields in the order of the record, arrays
 * with their length first, which is -1 where there is none, texts as arrays of UTF-8. All texts
 * come from a decoder that takes well-formed ones alone, so nothing of them is lost.
 */
final class WireFormat {

  static final WireType<Event> EVENT =
      new WireType<>(Event.class, WireFormat::write, WireFormat::event);

  static final WireType<SequencedEvent> SEQUENCED_EVENT =
      new WireType<>(SequencedEvent.class, WireFormat::write, WireFormat::sequencedEvent);

  static final WireType<IndexedEvent> INDEXED_EVENT =
      new WireType<>(IndexedEvent.class, WireFormat::write, WireFormat::indexedEvent);

  static final WireType<SequencedExample> SEQUENCED_EXAMPLE =
      new WireType<>(SequencedExample.class, WireFormat::write, WireFormat::sequencedExample);

  private static final int NONE = -1;

  private WireFormat() {}

  private static void write(Event event, DataOutputView out) throws IOException {
    write(event.user(), out);
    write(event.item(), out);
    out.writeLong(event.time());
    out.writeDouble(event.value());
    out.writeDouble(event.weight());
    out.writeBoolean(event.positive());
    write(event.texts(), out);
    write(event.itemAttributes(), out);
    write(event.context(), out);
    write(event.id(), out);
    write(event.record(), out);
  }

  private static Event event(DataInputView in) throws IOException {
    return new Event(
        string(in),
        string(in),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        in.readBoolean(),
        strings(in),
        attributes(in),
        attributes(in),
        string(in),
        record(in));
  }

  private static void write(SequencedEvent event, DataOutputView out) throws IOException {
    out.writeLong(event.sequence());
    out.writeLong(event.previous());
    out.writeBoolean(event.continued());
    out.writeLong(event.clock());
    out.writeInt(event.shard());
    out.writeBoolean(event.isTick());
    if (!event.isTick()) {
      write(event.event(), out);
    }
  }

  private static SequencedEvent sequencedEvent(DataInputView in) throws IOException {
    return new SequencedEvent(
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        in.readLong(),
        in.readInt(),
        in.readBoolean() ? null : event(in));
  }

  private static void write(IndexedEvent event, DataOutputView out) throws IOException {
    out.writeLong(event.sequence());
    out.writeLong(event.previous());
    out.writeBoolean(event.continued());
    out.writeLong(event.clock());
    out.writeInt(event.shard());
    write(event.evicted(), out);
    write(event.user(), out);
    write(event.item(), out);
    out.writeInt(event.itemIndex());
    out.writeBoolean(event.newItem());
    write(event.texts(), out);
    write(event.attributes(), out);
    write(event.context(), out);
    out.writeLong(event.time());
    out.writeDouble(event.value());
    out.writeDouble(event.weight());
    out.writeBoolean(event.positive());
    write(event.record(), out);
  }

  private static IndexedEvent indexedEvent(DataInputView in) throws IOException {
    return new IndexedEvent(
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        in.readLong(),
        in.readInt(),
        ints(in),
        string(in),
        string(in),
        in.readInt(),
        in.readBoolean(),
        strings(in),
        attributes(in),
        attributes(in),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        in.readBoolean(),
        record(in));
  }

  private static void write(SequencedExample example, DataOutputView out) throws IOException {
    out.writeLong(example.sequence());
    out.writeBoolean(example.continued());
    out.writeBoolean(example.example() != null);
    if (example.example() != null) {
      write(example.example(), out);
    }
    out.writeBoolean(example.evictions() != null);
    if (example.evictions() != null) {
      write(example.evictions().items(), out);
      write(example.evictions().users(), out);
    }
  }

  private static SequencedExample sequencedExample(DataInputView in) throws IOException {
    return new SequencedExample(
        in.readLong(),
        in.readBoolean(),
        in.readBoolean() ? example(in) : null,
        in.readBoolean() ? new Evictions(ints(in), ints(in)) : null);
  }

  private static void write(Example example, DataOutputView out) throws IOException {
    write(example.user(), out);
    write(example.before(), out);
    out.writeBoolean(example.newUser());
    write(example.item(), out);
    out.writeInt(example.itemIndex());
    out.writeBoolean(example.newItem());
    write(example.texts(), out);
    write(example.attributes(), out);
    write(example.context(), out);
    out.writeLong(example.time());
    out.writeDouble(example.value());
    out.writeDouble(example.weight());
    out.writeBoolean(example.positive());
    write(example.record(), out);
  }

  private static Example example(DataInputView in) throws IOException {
    return new Example(
        string(in),
        profile(in),
        in.readBoolean(),
        string(in),
        in.readInt(),
        in.readBoolean(),
        strings(in),
        attributes(in),
        attributes(in),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        in.readBoolean(),
        record(in));
  }

  private static void write(UserProfile profile, DataOutputView out) throws IOException {
    out.writeInt(profile.index());
    write(profile.seen(), out);
    write(profile.recentItems(), out);
    write(profile.recentTimes(), out);
    write(profile.context(), out);
    out.writeInt(profile.followed());
  }

  private static UserProfile profile(DataInputView in) throws IOException {
    return new UserProfile(
        in.readInt(), ints(in), ints(in), longs(in), attributes(in), in.readInt());
  }

  /** One that is null, as a tick's, is written as one without a topic. */
  private static void write(RawRecord record, DataOutputView out) throws IOException {
    write(record == null ? null : record.topic(), out);
    if (record != null) {
      write(record.key(), out);
      write(record.value(), out);
      out.writeInt(record.partition());
      out.writeLong(record.offset());
      out.writeLong(record.timestamp());
      write(record.headerNames(), out);
      for (byte[] value : record.headerValues()) {
        write(value, out);
      }
    }
  }

  private static RawRecord record(DataInputView in) throws IOException {
    String topic = string(in);
    if (topic == null) {
      return null;
    }
    byte[] key = bytes(in);
    byte[] value = bytes(in);
    int partition = in.readInt();
    long offset = in.readLong();
    long timestamp = in.readLong();
    String[] names = strings(in);
    byte[][] values = new byte[names.length][];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes(in);
    }
    return new RawRecord(key, value, topic, partition, offset, timestamp, names, values);
  }

  private static void write(Attributes attributes, DataOutputView out) throws IOException {
    if (attributes == null) {
      out.writeInt(NONE);
      return;
    }
    out.writeInt(attributes.categories().length);
    for (String[] values : attributes.categories()) {
      write(values, out);
    }
    out.writeInt(attributes.numbers().length);
    for (double number : attributes.numbers()) {
      out.writeDouble(number);
    }
  }

  private static Attributes attributes(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length == NONE) {
      return null;
    }
    String[][] categories = new String[length][];
    for (int i = 0; i < length; i++) {
      categories[i] = strings(in);
    }
    double[] numbers = new double[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.readDouble();
    }
    return categories.length + numbers.length == 0
        ? Attributes.NONE
        : new Attributes(categories, numbers);
  }

  private static void write(String[] texts, DataOutputView out) throws IOException {
    out.writeInt(texts == null ? NONE : texts.length);
    if (texts != null) {
      for (String text : texts) {
        write(text, out);
      }
    }
  }

  private static String[] strings(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length == NONE) {
      return null;
    }
    String[] texts = new String[length];
    for (int i = 0; i < length; i++) {
      texts[i] = string(in);
    }
    return texts;
  }

  private static void write(String text, DataOutputView out) throws IOException {
    write(text == null ? null : text.getBytes(UTF_8), out);
  }

  private static String string(DataInputView in) throws IOException {
    byte[] bytes = bytes(in);
    return bytes == null ? null : new String(bytes, UTF_8);
  }

  private static void write(byte[] bytes, DataOutputView out) throws IOException {
    out.writeInt(bytes == null ? NONE : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  private static byte[] bytes(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length == NONE) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  private static void write(int[] numbers, DataOutputView out) throws IOException {
    out.writeInt(numbers == null ? NONE : numbers.length);
    if (numbers != null) {
      for (int number : numbers) {
        out.writeInt(number);
      }
    }
  }

  private static int[] ints(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length == NONE) {
      return null;
    }
    int[] numbers = new int[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = in.readInt();
    }
    return numbers;
  }

  private static void write(long[] numbers, DataOutputView out) throws IOException {
    out.writeInt(numbers.length);
    for (long number : numbers) {
      out.writeLong(number);
    }
  }

  private static long[] longs(DataInputView in) throws IOException {
    long[] numbers = new long[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.readLong();
    }
    return numbers;
  }
}
