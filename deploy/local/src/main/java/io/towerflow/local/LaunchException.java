package io.towerflow.local;

/** Something that goes wrong in ordinary use. The message says what and what helps, on one line. */
final class LaunchException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LaunchException(String message) {
    super(message);
  }

  LaunchException(String message, Throwable cause) {
    super(message, cause);
  }
}
