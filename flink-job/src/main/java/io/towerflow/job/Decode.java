package io.towerflow.job;

import io.towerflow.connectors.codec.EventDecoder;
import io.towerflow.connectors.codec.UndecodableException;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.ModelSpecs;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Turns records into events. What can't be used leaves by the side with its reason. */
final class Decode extends ProcessFunction<RawRecord, Event> {

  private final String specYaml;

  private transient EventDecoder decoder;
  private transient Counter events;
  private transient Counter deadLetters;

  Decode(String specYaml) {
    this.specYaml = specYaml;
  }

  @Override
  public void open(OpenContext context) {
    decoder = new EventDecoder(ModelSpecs.parse(specYaml).event());
    events = getRuntimeContext().getMetricGroup().counter("events");
    deadLetters = getRuntimeContext().getMetricGroup().counter("deadLetters");
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<Event> out) {
    try {
      out.collect(decoder.decode(record));
      events.inc();
    } catch (UndecodableException e) {
      context.output(DeadLetters.TAG, e.deadLetter(record));
      deadLetters.inc();
    }
  }
}
