package io.towerflow.connectors;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.towerflow.connectors");

  @Test
  void ofOursOnlyMessagesAndTheSpecAreSeen() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.towerflow..")
                .and(
                    resideOutsideOfPackages(
                        "io.towerflow.connectors..", "io.towerflow.message", "io.towerflow.spec")))
        .check(CLASSES);
  }

  @Test
  void theCodecKnowsNeitherKafkaNorFlink() {
    noClasses()
        .that()
        .resideInAPackage("..codec..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "org.apache.flink..")
        .check(CLASSES);
  }

  @Test
  void dataSetsDoNotKnowFlink() {
    noClasses()
        .that()
        .resideInAPackage("..data..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.flink..")
        .check(CLASSES);
  }

  @Test
  void nothingLearnsHere() {
    noClasses().should().dependOnClassesThat().resideInAPackage("ai.djl..").check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.towerflow.connectors.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
