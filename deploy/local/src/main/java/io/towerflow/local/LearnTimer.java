package io.towerflow.local;

import com.sun.management.OperatingSystemMXBean;
import io.towerflow.learn.Example;
import io.towerflow.learn.Learner;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Feeds a learner, and takes the time that it learns in and no other: by the clock, and of all
 * threads of this process on the processor, which on a busy machine says more.
 */
final class LearnTimer {

  private static final double NANOS = 1e9;

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final Learner learner;
  private final Trajectory trajectory = new Trajectory();
  private long fed;
  private long nanos;
  private long processorNanos;

  LearnTimer(Learner learner) {
    this.learner = learner;
  }

  /** Has the learner take examples, which are there already. */
  void learn(List<Example> examples) {
    long start = System.nanoTime();
    long processorStart = SYSTEM.getProcessCpuTime();
    for (Example example : examples) {
      learner.learn(example, progress -> trajectory.add(progress, 0));
    }
    nanos += System.nanoTime() - start;
    processorNanos += SYSTEM.getProcessCpuTime() - processorStart;
    fed += examples.size();
  }

  /** Has the learner end, which takes no time that counts: a digest goes over the whole model. */
  void finish() {
    fed -= learner.untrained().size();
    learner.finish(progress -> trajectory.add(progress, 0));
  }

  /** Examples that were trained within the time: those of a batch that is still open were not. */
  long events() {
    return fed - learner.untrained().size();
  }

  /** The time. */
  double seconds() {
    return nanos / NANOS;
  }

  /** The time on the processor, of the compiler's and the garbage collector's threads as well. */
  double processorSeconds() {
    return processorNanos / NANOS;
  }

  /** What the learner has told. */
  Trajectory trajectory() {
    return trajectory;
  }
}
