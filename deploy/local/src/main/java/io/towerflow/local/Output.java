package io.towerflow.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the launcher says to people: lines that stay, and one line that changes. Where nobody
 * watches, the changing line is written now and then instead, if it has changed.
 */
final class Output {

  private static final long UNWATCHED_PAUSE = Duration.ofSeconds(10).toNanos();

  /** Back to the line's start; what does not fit in the terminal's width is cut, not wrapped. */
  private static final String REWRITE = "\r\u001b[?7l%s\u001b[K\u001b[?7h";

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private boolean changing;
  private long lastUnwatched;
  private String unwatched = "";

  /**
   * @param terminal whether people watch
   * @param nanoTime a clock as {@link System#nanoTime} is
   */
  Output(PrintStream out, boolean terminal, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.lastUnwatched = nanoTime.getAsLong();
  }

  /** Says something that stays. */
  synchronized void say(String text) {
    end();
    out.println(text);
    out.flush();
  }

  /** Shows where things stand. */
  synchronized void show(String text) {
    if (terminal) {
      out.print(REWRITE.formatted(text));
      out.flush();
      changing = true;
    } else if (nanoTime.getAsLong() - lastUnwatched >= UNWATCHED_PAUSE && !text.equals(unwatched)) {
      lastUnwatched = nanoTime.getAsLong();
      unwatched = text;
      out.println(text);
      out.flush();
    }
  }

  /** For text of many lines. */
  PrintStream stream() {
    return out;
  }

  /** Lets the changing line stay as it is. */
  synchronized void end() {
    if (changing) {
      out.println();
      out.flush();
      changing = false;
    }
  }
}
