package io.towerflow.local;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Who is killed when: a pure function of a seed. Kills are spread over the stream, each at a random
 * place in the middle half of its share.
 *
 * @param kills in the order of the stream
 */
record KillPlan(List<Kill> kills) {

  /** Who is killed. */
  enum Victim {
    /** The task manager that trains. */
    TRAINER,
    /** Another task manager. */
    OTHER_TASK_MANAGER,
    /** The job manager. */
    JOB_MANAGER
  }

  /**
   * One kill.
   *
   * @param afterEvents how many events have been trained, at least
   */
  record Kill(Victim victim, long afterEvents) {}

  /**
   * The first kill strikes the trainer, one of the others the job manager, and of the rest two in
   * three the trainer, as far as the draw has it.
   *
   * @param kills 1 or more
   * @param events the length of the stream
   * @param taskManagers where there is but one, it is the trainer
   */
  static KillPlan of(long seed, int kills, long events, int taskManagers) {
    SplittableRandom random = new SplittableRandom(seed);
    int jobManagers = kills == 1 ? -1 : random.nextInt(1, kills);
    List<Kill> plan = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      double share = (double) events / (kills + 1);
      long after = (long) (share * (i + 0.75 + 0.5 * random.nextDouble()));
      boolean another = random.nextInt(3) == 0 && i > 0 && taskManagers > 1;
      Victim victim = another ? Victim.OTHER_TASK_MANAGER : Victim.TRAINER;
      plan.add(new Kill(i == jobManagers ? Victim.JOB_MANAGER : victim, after));
    }
    return new KillPlan(List.copyOf(plan));
  }
}
