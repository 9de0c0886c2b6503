package io.towerflow.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutputTest {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final AtomicLong clock = new AtomicLong();

  @Test
  void onATerminalTheChangingLineIsWrittenOverItself() {
    Output output = output(true);
    output.show("1 event");
    output.show("2 events");
    output.say("done");

    assertThat(written.toString(UTF_8).lines())
        .containsExactly(
            "", // what a carriage return ends counts as a line
            "\u001b[?7l1 event\u001b[K\u001b[?7h",
            "\u001b[?7l2 events\u001b[K\u001b[?7h",
            "done");
  }

  @Test
  void whereNobodyWatchesTheChangingLineIsWrittenEveryTenSecondsIfItHasChanged() {
    Output output = output(false);
    output.show("at 0 s");
    clock.set(Duration.ofSeconds(10).toNanos());
    output.show("at 10 s");
    clock.set(Duration.ofSeconds(19).toNanos());
    output.show("at 19 s");
    clock.set(Duration.ofSeconds(20).toNanos());
    output.show("at 20 s");
    clock.set(Duration.ofSeconds(30).toNanos());
    output.show("at 20 s");
    output.say("done");

    assertThat(written.toString(UTF_8).lines()).containsExactly("at 10 s", "at 20 s", "done");
  }

  private Output output(boolean terminal) {
    return new Output(new PrintStream(written, true, UTF_8), terminal, clock::get);
  }
}
