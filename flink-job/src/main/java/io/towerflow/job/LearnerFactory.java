package io.towerflow.job;

import io.towerflow.learn.Learner;
import java.io.Serializable;

/**
 * Makes a learner where it is going to run. It travels with the job graph, a learner cannot: it
 * holds native memory.
 */
@FunctionalInterface
interface LearnerFactory extends Serializable {

  /** A learner that has seen nothing. */
  Learner create();
}
