package io.towerflow.connectors.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.towerflow.message.RawRecord;
import java.io.IOException;
import java.util.Base64;

/** A dead letter as JSON; the shape is described at {@link Messages#encode(DeadLetter)}. */
final class DeadLetterJson {

  private static final String BASE64 = "base64";

  private DeadLetterJson() {}

  static void write(JsonGenerator json, DeadLetter letter) throws IOException {
    RawRecord record = letter.passedOn();
    json.writeStringField("reason", letter.reason().name());
    json.writeStringField("message", Utf8.encodable(letter.message()));
    if (letter.field().isEmpty()) {
      json.writeNullField("field");
    } else {
      json.writeStringField("field", letter.field());
    }
    json.writeStringField("topic", record.topic());
    json.writeNumberField("partition", record.partition());
    json.writeNumberField("offset", record.offset());
    json.writeNumberField("timestamp", record.timestamp());
    writeBytes(json, "key", record.key());
    writeBytes(json, "value", record.value());
    json.writeArrayFieldStart("headers");
    for (int i = 0; i < record.headerNames().length; i++) {
      json.writeStartObject();
      json.writeStringField("name", record.headerNames()[i]);
      writeBytes(json, "value", record.headerValues()[i]);
      json.writeEndObject();
    }
    json.writeEndArray();
    if (letter.isCut()) {
      json.writeBooleanField("cut", true);
    }
  }

  static DeadLetter read(JsonFields letter) {
    var headers = letter.objects("headers");
    String[] names = new String[headers.size()];
    byte[][] values = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      names[i] = headers.get(i).text("name");
      values[i] = readBytes(headers.get(i), "value");
    }
    RawRecord record =
        new RawRecord(
            readBytes(letter, "key"),
            readBytes(letter, "value"),
            letter.text("topic"),
            (int) letter.integer("partition"),
            letter.integer("offset"),
            letter.integer("timestamp"),
            names,
            values);
    return new DeadLetter(
        record,
        Reason.valueOf(letter.text("reason")),
        letter.text("message"),
        letter.isNull("field") ? "" : letter.text("field"));
  }

  private static void writeBytes(JsonGenerator json, String field, byte[] bytes)
      throws IOException {
    if (bytes == null) {
      json.writeNullField(field);
      return;
    }
    String text = Utf8.decodeOrNull(bytes);
    if (text != null) {
      json.writeStringField(field, text);
    } else {
      json.writeStringField(field, Base64.getEncoder().encodeToString(bytes));
      json.writeStringField(field + "_encoding", BASE64);
    }
  }

  private static byte[] readBytes(JsonFields fields, String field) {
    if (fields.isNull(field)) {
      return null;
    }
    String text = fields.text(field);
    return fields.has(field + "_encoding")
        ? Base64.getDecoder().decode(text)
        : text.getBytes(UTF_8);
  }
}
