package io.towerflow.connectors.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.towerflow.message.RawRecord;

/** Raw records for tests. */
final class Records {

  private Records() {}

  static RawRecord of(String value) {
    return of(value == null ? null : value.getBytes(UTF_8));
  }

  static RawRecord of(byte[] value) {
    return new RawRecord(null, value, "ratings", 3, 17, 1_000, new String[0], new byte[0][]);
  }

  static byte[] bytes(int... bytes) {
    byte[] result = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      result[i] = (byte) bytes[i];
    }
    return result;
  }
}
