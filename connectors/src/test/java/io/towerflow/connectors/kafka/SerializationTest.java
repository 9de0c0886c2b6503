package io.towerflow.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.message.RawRecord;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What crosses operators is written by Flink's own serializers; Kryo is switched off. */
class SerializationTest {

  static Stream<RawRecord> records() {
    String[] noNames = {};
    byte[][] noValues = {};
    byte[] bytes = {1, -1, 0};
    return Stream.of(
        new RawRecord(bytes, bytes, "ratings", 3, 1L << 40, 1_234, noNames, noValues),
        new RawRecord(null, null, "ratings", 0, 0, -1, noNames, noValues),
        new RawRecord(new byte[0], null, "ratings", 0, 0, 0, noNames, noValues),
        new RawRecord(
            null,
            bytes,
            "ratings",
            0,
            0,
            0,
            new String[] {"a", "", "a"},
            new byte[][] {bytes, new byte[0], null}));
  }

  @ParameterizedTest
  @MethodSource("records")
  void aRawRecordCrossesOperatorsWithoutKryo(RawRecord record) throws IOException {
    assertCrosses(RawRecord.class, record);
  }

  @ParameterizedTest
  @MethodSource("records")
  void aDeadLetterCrossesOperatorsWithoutKryo(RawRecord record) throws IOException {
    assertCrosses(DeadLetter.class, new DeadLetter(record, Reason.NOT_JSON, "no JSON", ""));
  }

  private static <T> void assertCrosses(Class<T> type, T value) throws IOException {
    SerializerConfigImpl withoutKryo = new SerializerConfigImpl();
    withoutKryo.setGenericTypes(false);
    TypeInformation<T> information = TypeInformation.of(type);
    assertThat(information).isInstanceOf(PojoTypeInfo.class);
    TypeSerializer<T> serializer = information.createSerializer(withoutKryo);

    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    T back = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

    assertThat(back).usingRecursiveComparison().isEqualTo(value);
    assertThat(serializer.copy(value)).usingRecursiveComparison().isEqualTo(value);
  }
}
