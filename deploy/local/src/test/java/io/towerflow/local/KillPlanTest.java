package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.local.KillPlan.Kill;
import io.towerflow.local.KillPlan.Victim;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KillPlanTest {

  @Test
  void aSeedIsOnePlanAndAnotherSeedIsAnother() {
    KillPlan plan = KillPlan.of(1, 10, 60_000, 2);
    assertThat(KillPlan.of(1, 10, 60_000, 2)).isEqualTo(plan);
    assertThat(KillPlan.of(2, 10, 60_000, 2)).isNotEqualTo(plan);
  }

  @Test
  void killsStrikeOneAfterTheOtherEachWithinAQuarterOfAShareOfItsPlace() {
    // 11 shares of 1,000 events: the first kill is due at 1,000, the last at 10,000.
    for (long seed = 0; seed < 50; seed++) {
      KillPlan plan = KillPlan.of(seed, 10, 11_000, 2);
      assertThat(plan.kills()).hasSize(10);
      for (int i = 0; i < 10; i++) {
        assertThat(plan.kills().get(i).afterEvents())
            .isBetween(1000L * (i + 1) - 250, 1000L * (i + 1) + 250);
      }
    }
  }

  @Test
  void theFirstStrikesTheTrainerAndOneOfTheOthersTheJobManager() {
    for (long seed = 0; seed < 50; seed++) {
      KillPlan plan = KillPlan.of(seed, 5, 60_000, 2);
      assertThat(plan.kills().get(0).victim()).isEqualTo(Victim.TRAINER);
      assertThat(plan.kills())
          .extracting(Kill::victim)
          .containsOnlyOnce(Victim.JOB_MANAGER)
          .hasSize(5);
    }
  }

  @Test
  void oneKillAloneStrikesTheTrainer() {
    assertThat(KillPlan.of(3, 1, 4000, 2).kills())
        .extracting(Kill::victim)
        .containsExactly(Victim.TRAINER);
  }

  @Test
  void otherTaskManagersAreStruckWhereThereAreSome() {
    assertThat(victims(2)).contains(Victim.OTHER_TASK_MANAGER);
    assertThat(victims(1)).doesNotContain(Victim.OTHER_TASK_MANAGER);
  }

  private static Set<Victim> victims(int taskManagers) {
    return LongStream.range(0, 20)
        .mapToObj(seed -> KillPlan.of(seed, 5, 60_000, taskManagers))
        .flatMap(plan -> plan.kills().stream())
        .map(Kill::victim)
        .collect(Collectors.toSet());
  }
}
