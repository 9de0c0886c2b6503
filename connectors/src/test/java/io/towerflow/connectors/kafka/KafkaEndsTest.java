package io.towerflow.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.towerflow.message.RawRecord;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaEndsTest {

  private static final KafkaSettings SETTINGS = KafkaSettings.of("a:9092");

  private static EndingSource<RawRecord> source(StartAt start, StopAt stop) {
    return (EndingSource<RawRecord>) KafkaEnds.source(SETTINGS, "ratings", "group", start, stop);
  }

  @Test
  void aSourceIsBoundedWhereItIsToldToStop() {
    assertThat(source(StartAt.EARLIEST, StopAt.never()).getBoundedness())
        .isEqualTo(Boundedness.CONTINUOUS_UNBOUNDED);
    assertThat(source(StartAt.EARLIEST, StopAt.currentEnd()).getBoundedness())
        .isEqualTo(Boundedness.BOUNDED);
    assertThat(source(StartAt.EARLIEST, StopAt.offset(100)).getBoundedness())
        .isEqualTo(Boundedness.BOUNDED);
  }

  @ParameterizedTest
  @EnumSource
  void aSourceOfRawRecordsCanBeShippedWhereverItStarts(StartAt start)
      throws IOException, ClassNotFoundException {
    EndingSource<RawRecord> shipped = InstantiationUtil.clone(source(start, StopAt.offset(7)));

    assertThat(shipped.getProducedType()).isEqualTo(TypeInformation.of(RawRecord.class));
  }

  @Test
  void theSameOffsetHoldsForEveryPartition() {
    TopicPartition first = new TopicPartition("ratings", 0);
    TopicPartition second = new TopicPartition("ratings", 1);

    assertThat(new SameOffset(7).getPartitionOffsets(Set.of(first, second), null))
        .containsOnly(Map.entry(first, 7L), Map.entry(second, 7L));
  }

  @Test
  void aNegativeOffsetIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StopAt.offset(-1))
        .withMessage("stop at offset: must be 0 or more, is -1");
  }

  @ParameterizedTest
  @EnumSource
  void everySinkCanBeShipped(Delivery delivery) throws IOException {
    assertThat(
            InstantiationUtil.isSerializable(
                KafkaEnds.itemEmbeddings(SETTINGS, "e", delivery, "job")))
        .isTrue();
    assertThat(
            InstantiationUtil.isSerializable(
                KafkaEnds.recommendations(SETTINGS, "r", delivery, "job")))
        .isTrue();
    assertThat(
            InstantiationUtil.isSerializable(
                KafkaEnds.trainingProgress(SETTINGS, "p", delivery, "job")))
        .isTrue();
    assertThat(
            InstantiationUtil.isSerializable(KafkaEnds.deadLetters(SETTINGS, "d", delivery, "job")))
        .isTrue();
  }

  @Test
  void aTransactionMayStayOpenAQuarterOfAnHourUnlessToldOtherwise() {
    KafkaSettings patient =
        new KafkaSettings("a:9092", Map.of("transaction.timeout.ms", "3600000"));

    assertThat(KafkaEnds.producerProperties(SETTINGS))
        .containsEntry("transaction.timeout.ms", "900000")
        .containsEntry("bootstrap.servers", "a:9092");
    assertThat(KafkaEnds.producerProperties(patient))
        .containsEntry("transaction.timeout.ms", "3600000");
  }

  @Test
  void sinksOfOneJobNameTheirTransactionsApart() {
    assertThat(KafkaEnds.transactionalIdPrefix("job", "lists")).isEqualTo("job-lists");
  }

  @Test
  void exactlyOnceTakesAPrefixAndAtLeastOnceNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KafkaEnds.deadLetters(SETTINGS, "d", Delivery.EXACTLY_ONCE, " "))
        .withMessageContaining("transactional id prefix");
    assertThat(KafkaEnds.deadLetters(SETTINGS, "d", Delivery.AT_LEAST_ONCE, "")).isNotNull();
  }
}
