package io.towerflow.arithmetic;

/** A step of training that came out in numbers that are not finite, and so was not made. */
public final class DivergenceException extends ArithmeticException {

  private static final long serialVersionUID = 1L;

  /** Says what is not finite, and in which step. */
  public DivergenceException(String what, long step) {
    super(
        "%s of step %d is not finite: the model diverges, or an event weighs too much. Lower optimizer.learning_rate or raise towers.temperature."
            .formatted(what, step));
  }
}
