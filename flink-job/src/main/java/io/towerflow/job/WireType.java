package io.towerflow.job;

import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The type of a message on its way from one subtask to another. There it is written as {@link
 * WireFormat} says, field after field and nothing else, by plain code: for each event that is a
 * third of the time that Flink's serializer takes, which asks every record what it is made of.
 *
 * <p>Only on the way: what lies in state is written by Flink's serializer, which can read what
 * another version wrote.
 */
final class WireType<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1;

  /** How a message is written. */
  @FunctionalInterface
  interface Writer<T> extends Serializable {

    void write(T message, DataOutputView out) throws IOException;
  }

  /** How it is read. */
  @FunctionalInterface
  interface Reader<T> extends Serializable {

    T read(DataInputView in) throws IOException;
  }

  private final Class<T> message;
  private final Writer<T> writer;
  private final Reader<T> reader;

  WireType(Class<T> message, Writer<T> writer, Reader<T> reader) {
    this.message = message;
    this.writer = writer;
    this.reader = reader;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return new Serializer<>(this);
  }

  @Override
  public Class<T> getTypeClass() {
    return message;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof WireType;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WireType<?> that && message == that.message;
  }

  @Override
  public int hashCode() {
    return message.hashCode();
  }

  @Override
  public String toString() {
    return "wire type of " + message.getSimpleName();
  }

  private static final class Serializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1;

    private final WireType<T> type;

    Serializer(WireType<T> type) {
      this.type = type;
    }

    @Override
    public void serialize(T message, DataOutputView out) throws IOException {
      type.writer.write(message, out);
    }

    @Override
    public T deserialize(DataInputView in) throws IOException {
      return type.reader.read(in);
    }

    @Override
    public T deserialize(T reuse, DataInputView in) throws IOException {
      return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
      serialize(deserialize(in), out);
    }

    /** Messages are never changed once they are sent. */
    @Override
    public boolean isImmutableType() {
      return true;
    }

    @Override
    public T copy(T message) {
      return message;
    }

    @Override
    public T copy(T message, T reuse) {
      return message;
    }

    @Override
    public T createInstance() {
      return null;
    }

    @Override
    public int getLength() {
      return -1;
    }

    @Override
    public TypeSerializer<T> duplicate() {
      return this;
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
      throw new UnsupportedOperationException(
          "A %s is written so on its way alone; state needs a type that another version can read"
              .formatted(type.message.getSimpleName()));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Serializer<?> that && type.equals(that.type);
    }

    @Override
    public int hashCode() {
      return type.hashCode();
    }
  }
}
