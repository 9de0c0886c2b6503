package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;
import io.towerflow.learn.PendingQuery;
import io.towerflow.learn.Publication;
import io.towerflow.message.Accuracy;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RatingError;
import io.towerflow.message.RawRecord;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import io.towerflow.profile.ItemProfile;
import io.towerflow.profile.Sighting;
import io.towerflow.profile.UserProfile;
import io.towerflow.topk.Hit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever crosses an operator or lies in state, through the serializer that Flink gives it. */
class MessageTypesTest {

  private static final byte[] NOTHING = null;

  private static final Attributes CONTEXT =
      new Attributes(new String[][] {{"tv", "ä"}, {}}, new double[] {0.5, Double.NaN});

  static Stream<Object> messages() {
    UserProfile profile =
        new UserProfile(
            257, new int[] {130, 259}, new int[] {259, 130}, new long[] {9L, 5L}, CONTEXT);
    RawRecord record =
        new RawRecord(
            "k".getBytes(StandardCharsets.UTF_8),
            new byte[] {0, -1},
            "ratings",
            3,
            1L << 40,
            -1L,
            new String[] {"a", "a", ""},
            new byte[][] {{1}, null, {}});
    RawRecord bare =
        new RawRecord(NOTHING, NOTHING, "ratings", 0, 0L, 0L, new String[0], new byte[0][]);
    Event event =
        new Event(
            "u1",
            "i1",
            7L,
            Double.NaN,
            0.5,
            true,
            new String[] {"Ä", ""},
            CONTEXT,
            Attributes.NONE,
            "",
            record);
    Publication.Candidate candidate =
        new Publication.Candidate(130, "i1", new float[] {0.5f, -0f, Float.MIN_VALUE});
    Publication.Query query =
        new Publication.Query("u1", new float[] {1f, 2f}, new int[] {130, 259});
    return Stream.of(
        record,
        bare,
        new DeadLetter(record, Reason.NOT_JSON, "the value is not JSON", ""),
        event,
        new IndexedEvent(
            9L,
            8L,
            false,
            0,
            0,
            null,
            "u1",
            "i1",
            130,
            true,
            new String[] {"Heat"},
            CONTEXT,
            Attributes.NONE,
            7L,
            4.5,
            0.5,
            false,
            record),
        new IndexedEvent(
            9L,
            8L,
            false,
            0,
            0,
            null,
            "u1",
            "i1",
            130,
            false,
            null,
            null,
            CONTEXT,
            7L,
            Double.NaN,
            0.5,
            false,
            bare),
        new Example(
            "u1",
            profile,
            false,
            "i1",
            130,
            true,
            new String[] {"Heat"},
            CONTEXT,
            Attributes.NONE,
            7L,
            4.5,
            0.5,
            false,
            record),
        new Example(
            "u1",
            UserProfile.fresh(1),
            true,
            "i1",
            130,
            false,
            null,
            null,
            CONTEXT,
            7L,
            Double.NaN,
            0.5,
            false,
            bare),
        new SequencedEvent(9L, 8L, false, 7L, 5, event),
        new SequencedEvent(9L, 8L, true, 7L, 5, null),
        new SequencedExample(
            9L,
            false,
            new Example(
                "u1",
                profile,
                false,
                "i1",
                130,
                false,
                null,
                null,
                CONTEXT,
                7L,
                Double.NaN,
                0.5,
                false,
                record),
            null),
        new SequencedExample(9L, false, null, new Evictions(new int[] {130}, new int[] {0, 129})),
        new Evictions(new int[0], new int[0]),
        IndexedEvent.tick(new SequencedEvent(9L, 8L, true, 7L, 5, null), new int[] {130}),
        new Sequences(9L, new long[] {0, 9}, new StreamClock(3L, 4L)),
        Sequences.none(),
        new StreamClock(3L, 4L),
        new Sighting(3, 4L),
        new IdSpan(1L, 3L, 7L),
        new Lane(2, 8L, 7L, event, 3L, 5L),
        Lane.unheard(2),
        new PendingQuery("u1", profile, 7L),
        new SearchInput(1, 2L, 3L, 4L, candidate, null),
        new SearchInput(1, 2L, 3L, 4L, new Publication.Candidate(130, "i1", null), null),
        new SearchInput(1, 2L, 3L, 4L, null, List.of(query, query)),
        new PartialList("u1", 2L, 3L, 4L, 1, List.of(new Hit(130, "i1", 0.5f))),
        new PartialList("u1", 2L, 3L, 4L, 1, List.of()),
        new ItemEmbedding("i1", new float[] {0.5f}, 3L, 4L),
        new ItemEmbedding("i1", null, 3L, 4L),
        new Recommendation("u1", 3L, 4L, new String[] {"i1"}, new float[] {0.5f}),
        new TrainingProgress(
            3L,
            4L,
            1L,
            5L,
            0.25,
            new Accuracy(4, 1, 2, 0.75),
            Accuracy.NONE,
            Accuracy.NONE,
            Accuracy.NONE,
            Map.of("new_user", new Accuracy(1, 0, 0, 0)),
            new RatingError(2, 0.5),
            RatingError.NONE,
            6L,
            7L,
            0,
            0,
            "cafe"),
        new Standing(3L, 70L, true),
        new ItemProfile(130, new String[] {"Heat"}, CONTEXT),
        profile,
        profile.withoutSeen(UserProfile.FOLLOWED),
        CONTEXT,
        Attributes.NONE,
        candidate);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void comesBackAsItWas(Object message) throws IOException {
    TypeInformation<Object> type = typeOf(message);
    assertThat(type).isInstanceOf(PojoTypeInfo.class);
    TypeSerializer<Object> serializer = type.createSerializer(withoutGenericTypes());

    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(message, out);
    Object back = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

    assertSame(back, message);
    assertSame(serializer.copy(message), message);
  }

  static Stream<Object> messagesOnTheWire() {
    return messages().filter(message -> wireType(message) != null);
  }

  @ParameterizedTest
  @MethodSource("messagesOnTheWire")
  void comesFromTheWireAsItWasAndNothingIsLeftOfIt(Object message) throws IOException {
    TypeSerializer<Object> serializer = wireType(message).createSerializer(withoutGenericTypes());

    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(message, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    Object back = serializer.deserialize(in);

    assertSame(back, message);
    assertThat(in.available()).isZero();
  }

  @Test
  void everyTypeOfTheWireIsTried() {
    assertThat(messagesOnTheWire().map(Object::getClass).distinct())
        .containsExactlyInAnyOrder(
            Event.class, IndexedEvent.class, SequencedEvent.class, SequencedExample.class);
  }

  @Test
  void whatIsOfTheWireIsRefusedByState() {
    TypeSerializer<Event> serializer = WireFormat.EVENT.createSerializer(withoutGenericTypes());

    assertThatThrownBy(serializer::snapshotConfiguration)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("Event is written so on its way alone");
  }

  @SuppressWarnings("unchecked") // the type is looked up by the message's class
  private static TypeInformation<Object> wireType(Object message) {
    return (TypeInformation<Object>)
        (TypeInformation<?>)
            Stream.of(
                    WireFormat.EVENT,
                    WireFormat.SEQUENCED_EVENT,
                    WireFormat.INDEXED_EVENT,
                    WireFormat.SEQUENCED_EXAMPLE)
                .filter(type -> type.getTypeClass() == message.getClass())
                .findFirst()
                .orElse(null);
  }

  private static void assertSame(Object actual, Object expected) {
    assertThat(actual)
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class) // NaN is itself
        .isEqualTo(expected);
  }

  @SuppressWarnings("unchecked") // an object is of its own class
  private static TypeInformation<Object> typeOf(Object message) {
    return (TypeInformation<Object>) TypeInformation.of(message.getClass());
  }

  private static SerializerConfigImpl withoutGenericTypes() {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.configure(
        new Configuration().set(PipelineOptions.GENERIC_TYPES, false),
        MessageTypesTest.class.getClassLoader());
    return config;
  }
}
