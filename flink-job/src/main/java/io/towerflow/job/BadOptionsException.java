package io.towerflow.job;

import java.util.List;

/** Options that can't work, with everything that is wrong with them. */
public final class BadOptionsException extends IllegalArgumentException {

  BadOptionsException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
