package io.towerflow.job;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.kafka.Delivery;
import io.towerflow.connectors.kafka.StartAt;
import io.towerflow.connectors.kafka.StopAt;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How options are written. */
final class OptionTypes {

  private OptionTypes() {}

  /** See {@link JobOptions#start}. */
  static final class Start implements ITypeConverter<StartAt> {
    @Override
    public StartAt convert(String value) {
      return switch (value) {
        case "earliest" -> StartAt.EARLIEST;
        case "latest" -> StartAt.LATEST;
        case "committed" -> StartAt.COMMITTED;
        default -> throw refusal("earliest, latest or committed", value);
      };
    }
  }

  /** See {@link JobOptions#stop}. */
  static final class Stop implements ITypeConverter<StopAt> {
    private static final String TAKES = "never, end or an offset of 0 or more";

    @Override
    public StopAt convert(String value) {
      return switch (value) {
        case "never" -> StopAt.never();
        case "end" -> StopAt.currentEnd();
        default -> StopAt.offset(offset(value));
      };
    }

    private static long offset(String value) {
      try {
        long offset = Long.parseLong(value);
        if (offset >= 0) {
          return offset;
        }
        throw refusal(TAKES, value);
      } catch (NumberFormatException e) {
        throw refusal(TAKES, value);
      }
    }
  }

  /** See {@link JobOptions#delivery}. */
  static final class Promise implements ITypeConverter<Delivery> {
    @Override
    public Delivery convert(String value) {
      return switch (value) {
        case "exactly-once" -> Delivery.EXACTLY_ONCE;
        case "at-least-once" -> Delivery.AT_LEAST_ONCE;
        default -> throw refusal("exactly-once or at-least-once", value);
      };
    }
  }

  /** See {@link ArithmeticOptions}. */
  static final class ArithmeticKind implements ITypeConverter<Arithmetic.Kind> {
    @Override
    public Arithmetic.Kind convert(String value) {
      return Arithmetic.Kind.of(value).orElseThrow(() -> refusal("auto, java or engine", value));
    }
  }

  /** A duration with its unit, as Flink's configuration writes them. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      try {
        if (Character.isLetter(value.charAt(value.length() - 1))) {
          return TimeUtils.parseDuration(value.toLowerCase(Locale.ROOT));
        }
      } catch (IllegalArgumentException e) {
        throw refusal("a time with its unit, such as 500ms, 5s or 1min", value);
      }
      throw refusal("a time with its unit, such as 500ms, 5s or 1min", value);
    }
  }

  /** What is wrong with a command line, with the nearest option where one is unknown. */
  static String message(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      List<String> nearest = unmatched.getSuggestions();
      return e.getMessage() + "; nearest: " + String.join(", ", nearest);
    }
    return e.getMessage();
  }

  private static TypeConversionException refusal(String takes, String value) {
    return new TypeConversionException("takes %s, not '%s'".formatted(takes, value));
  }
}
