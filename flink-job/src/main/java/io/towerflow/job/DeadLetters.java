package io.towerflow.job;

import io.towerflow.connectors.codec.DeadLetter;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/** The way out for records that can't be used, wherever that is found out. */
final class DeadLetters {

  static final OutputTag<DeadLetter> TAG =
      new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

  private DeadLetters() {}
}
