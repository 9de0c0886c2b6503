package io.towerflow.connectors.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** A text file of rows and columns. */
record DelimitedFile(Path path, Charset charset, CsvSchema format) {

  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  /** Columns split by {@code separator}, nothing quoted. */
  static DelimitedFile plain(Path path, Charset charset, char separator) {
    return new DelimitedFile(
        path, charset, CsvSchema.emptySchema().withColumnSeparator(separator).withoutQuoteChar());
  }

  /** Comma-separated values as RFC 4180 has them: quotes around a value, doubled within it. */
  static DelimitedFile commaSeparated(Path path, Charset charset) {
    return new DelimitedFile(path, charset, CsvSchema.emptySchema());
  }

  /** One row, which knows its place for the sake of messages. */
  record Row(Path path, int line, String[] cells) {

    /** The text in column {@code index}, called {@code name}. */
    String text(int index, String name) {
      if (index >= cells.length) {
        throw wrong(
            "has %d columns; '%s' would be column %d".formatted(cells.length, name, index + 1));
      }
      return cells[index];
    }

    long integer(int index, String name) {
      String text = text(index, name);
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw wrong("'%s' is '%s', which is no whole number".formatted(name, text));
      }
    }

    double number(int index, String name) {
      String text = text(index, name);
      try {
        double number = Double.parseDouble(text);
        if (Double.isFinite(number)) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, as of a number that is not finite.
      }
      throw wrong("'%s' is '%s', which is no number".formatted(name, text));
    }

    /** What is wrong with this row. */
    IllegalArgumentException wrong(String what) {
      return new IllegalArgumentException("%s, line %d: %s".formatted(path, line, what));
    }
  }

  /**
   * Hands on every row in the order of the file.
   *
   * @throws IllegalArgumentException if the file can't be split into rows
   */
  void forEach(Consumer<Row> consumer) {
    try (Reader reader = Files.newBufferedReader(path, charset);
        MappingIterator<String[]> rows =
            CSV.readerFor(String[].class).with(format).readValues(reader)) {
      while (rows.hasNextValue()) {
        int line = rows.getCurrentLocation().getLineNr();
        consumer.accept(new Row(path, line, rows.nextValue()));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s, line %d: %s".formatted(path, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("%s is not in %s".formatted(path, charset), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Hands on every row after the first, whose cells must be {@code columns}, further ones allowed.
   */
  void forEachAfterHeader(List<String> columns, Consumer<Row> consumer) {
    boolean[] headerRead = {false};
    forEach(
        row -> {
          if (headerRead[0]) {
            consumer.accept(row);
            return;
          }
          headerRead[0] = true;
          List<String> header = Arrays.asList(row.cells());
          if (header.size() < columns.size()
              || !header.subList(0, columns.size()).equals(columns)) {
            throw row.wrong(
                "the header is '%s'; it takes '%s'"
                    .formatted(String.join(",", header), String.join(",", columns)));
          }
        });
  }
}
