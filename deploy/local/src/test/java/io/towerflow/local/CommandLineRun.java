package io.towerflow.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What one call of the launcher came to.
 *
 * @param code the exit code
 * @param out standard output
 * @param errors standard error
 */
record CommandLineRun(int code, String out, String errors) {

  /**
   * Calls the launcher as {@code main} does, but for the end of the process.
   *
   * @param temporary stands for the system's temporary directory
   */
  static CommandLineRun of(Path temporary, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Output output = new Output(new PrintStream(out, true, UTF_8), false, System::nanoTime);
    int code;
    try (Session session = Session.open(output, new PrintStream(errors, true, UTF_8), temporary)) {
      code = Launcher.run(session, arguments);
    }
    return new CommandLineRun(code, out.toString(UTF_8), errors.toString(UTF_8));
  }

  /** The last line of standard output. */
  String lastLine() {
    List<String> lines = out.lines().toList();
    return lines.get(lines.size() - 1);
  }
}
