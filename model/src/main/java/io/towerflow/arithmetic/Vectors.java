package io.towerflow.arithmetic;

/** Some vectors of one width within a pass: a matrix with a row for each. */
public interface Vectors {

  /** How many there are. */
  int count();

  /** Numbers in each. */
  int width();
}
