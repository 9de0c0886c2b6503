package io.towerflow.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.message.RawRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RawRecordDeserializerTest {

  private static RawRecord deserialize(ConsumerRecord<byte[], byte[]> record) {
    List<RawRecord> records = new ArrayList<>();
    new RawRecordDeserializer().deserialize(record, new ListCollector<>(records));
    assertThat(records).hasSize(1);
    return records.get(0);
  }

  @Test
  void aRecordIsHandedOnAsItCame() {
    byte[] key = {1};
    byte[] value = {2, -1};
    RecordHeaders headers = new RecordHeaders();
    headers.add("a", key).add("b", null).add("a", value);

    RawRecord raw =
        deserialize(
            new ConsumerRecord<>(
                "ratings",
                3,
                17,
                1_234,
                TimestampType.CREATE_TIME,
                1,
                2,
                key,
                value,
                headers,
                Optional.empty()));

    assertThat(raw)
        .usingRecursiveComparison()
        .isEqualTo(
            new RawRecord(
                key,
                value,
                "ratings",
                3,
                17,
                1_234,
                new String[] {"a", "b", "a"},
                new byte[][] {key, null, value}));
  }

  @Test
  void aRecordWithoutKeyAndValueIsHandedOnToo() {
    RawRecord raw = deserialize(new ConsumerRecord<>("ratings", 0, 0, null, null));

    assertThat(raw.key()).isNull();
    assertThat(raw.value()).isNull();
    assertThat(raw.headerNames()).isEmpty();
  }
}
