package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.learn.Example;
import io.towerflow.learn.PendingQuery;
import io.towerflow.learn.Publication;
import io.towerflow.message.Event;
import io.towerflow.profile.ItemProfile;
import io.towerflow.profile.Sighting;
import io.towerflow.profile.UserProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/**
 * The records that lie in keyed state, as a savepoint holds them: each with the description of its
 * serializer that Flink writes beside the state, and asks at a restore.
 *
 * <p>Flink takes over a record whose fields have changed: what is new is null or 0 in old state,
 * what is gone is dropped. That it does is no sign that the operators mean the same by it. So where
 * this fails after a record was changed: see that old state is read as meant, or carry it over as
 * {@link KeptFields} does, and only then write the file anew by
 *
 * <pre>mvn -pl flink-job -am test -Dtest=StateTypesTest -Dgolden.write=true \
 *     -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
class StateTypesTest {

  private static final List<Class<?>> IN_STATE =
      List.of(
          Event.class,
          Example.class,
          IdSpan.class,
          IndexedEvent.class,
          ItemProfile.class,
          Lane.class,
          PartialList.class,
          PendingQuery.class,
          Publication.Candidate.class,
          SequencedExample.class,
          Sequences.class,
          Sighting.class,
          Standing.class,
          UserProfile.class);

  private static final String FILE = "state-types.bin";
  private static final Path FOLDER = Path.of("src/test/resources/io/towerflow/job");

  /** A record in a savepoint. */
  private record Golden(byte[] serializer, byte[] value) {}

  @Test
  void everyRecordInStateIsReadFromASavepointAsItIs() throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(FOLDER);
      Files.write(FOLDER.resolve(FILE), bytes(written()));
      return;
    }
    Map<String, Golden> golden = read(FILE);

    assertThat(golden).containsOnlyKeys(IN_STATE.stream().map(Class::getName).toList());
    for (Class<?> type : IN_STATE) {
      Golden kept = golden.get(type.getName());
      TypeSerializer<Object> now = serializer(type);
      TypeSerializerSnapshot<Object> then =
          TypeSerializerSnapshot.readVersionedSnapshot(
              new DataInputDeserializer(kept.serializer), StateTypesTest.class.getClassLoader());

      TypeSerializerSchemaCompatibility<Object> compatibility =
          now.snapshotConfiguration().resolveSchemaCompatibility(then);
      assertThat(compatibility.isCompatibleAsIs())
          .as(
              "%s has not the fields that it has in savepoints (Flink says %s); see the comment of"
                  + " this class",
              type.getName(), compatibility)
          .isTrue();
      Object value = now.deserialize(new DataInputDeserializer(kept.value));
      assertThat(bytes(now, value)).as("%s, read and written", type).isEqualTo(kept.value);
    }
  }

  @Test
  void aUserOfASavepointOfBeforeAnybodyWasFollowedHasAllItemsTaken() throws IOException {
    Golden kept = read("state-types-before-followed.bin").get(UserProfile.class.getName());
    TypeSerializer<Object> then =
        TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(kept.serializer), StateTypesTest.class.getClassLoader())
            .restoreSerializer();

    UserProfile user = (UserProfile) then.deserialize(new DataInputDeserializer(kept.value));

    assertThat(user.isFollowed()).isFalse();
    assertThat(user.seen()).containsExactly(130, 259);
  }

  private static Map<String, Golden> written() throws IOException {
    Map<String, Golden> golden = new TreeMap<>();
    for (Object message : MessageTypesTest.messages().toList()) {
      if (IN_STATE.contains(message.getClass())) {
        TypeSerializer<Object> serializer = serializer(message.getClass());
        DataOutputSerializer snapshot = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(snapshot, serializer.snapshotConfiguration());
        golden.putIfAbsent(
            message.getClass().getName(),
            new Golden(snapshot.getCopyOfBuffer(), bytes(serializer, message)));
      }
    }
    return golden;
  }

  private static byte[] bytes(TypeSerializer<Object> serializer, Object value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return out.getCopyOfBuffer();
  }

  private static byte[] bytes(Map<String, Golden> golden) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(4096);
    out.writeInt(golden.size());
    for (Map.Entry<String, Golden> each : golden.entrySet()) {
      out.writeUTF(each.getKey());
      out.writeInt(each.getValue().serializer.length);
      out.write(each.getValue().serializer);
      out.writeInt(each.getValue().value.length);
      out.write(each.getValue().value);
    }
    return out.getCopyOfBuffer();
  }

  private static Map<String, Golden> read(String name) throws IOException {
    try (InputStream file = StateTypesTest.class.getResourceAsStream(name)) {
      assertThat(file).as("the golden file %s", name).isNotNull();
      DataInputDeserializer in = new DataInputDeserializer(file.readAllBytes());
      Map<String, Golden> golden = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        golden.put(in.readUTF(), new Golden(read(in), read(in)));
      }
      return golden;
    }
  }

  private static byte[] read(DataInputDeserializer in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  @SuppressWarnings("unchecked") // a serializer of the type is asked for values of the type alone
  private static TypeSerializer<Object> serializer(Class<?> type) {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.configure(
        new Configuration().set(PipelineOptions.GENERIC_TYPES, false),
        StateTypesTest.class.getClassLoader());
    return (TypeSerializer<Object>) TypeInformation.of(type).createSerializer(config);
  }
}
