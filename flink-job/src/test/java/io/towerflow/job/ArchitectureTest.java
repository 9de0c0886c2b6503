package io.towerflow.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses JOB =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.towerflow.job");

  /** Where the job is wired to Kafka, and what says how. Everything else knows streams. */
  private static final Set<String> ENDS =
      Set.of("TowerflowJob", "JobOptions", "OptionRules", "OptionTypes");

  private static final DescribedPredicate<JavaClass> ARE_NO_END =
      DescribedPredicate.describe(
          "are neither the main class nor about options",
          type ->
              ENDS.stream()
                  .map(end -> "io.towerflow.job." + end)
                  .noneMatch(end -> (type.getName() + "$").startsWith(end + "$")));

  @Test
  void theTopologyAndItsOperatorsNameNoKafkaType() {
    noClasses()
        .that(ARE_NO_END)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.apache.flink.connector.kafka..",
            "io.towerflow.connectors.kafka..")
        .because("the same graph runs on Kafka, on collections and in tests")
        .check(JOB);
  }

  @Test
  void nothingOfTheEngineIsNamedHere() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..", "io.towerflow.tower..", "io.towerflow.table..")
        .because("job manager and client read these classes and have no engine")
        .check(JOB);
  }

  @Test
  void nothingGoesThroughKryo() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.esotericsoftware..", "org.apache.flink..kryo..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("GenericTypeInfo")
        .check(JOB);
  }

  @Test
  void nothingPrintsToTheStandardStreams() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(JOB);
  }
}
