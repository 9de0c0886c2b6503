package io.towerflow;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {

  private static final JavaClasses MODEL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.towerflow");

  @ParameterizedTest
  @ValueSource(strings = {"message", "spec", "profile", "text", "statistics", "topk", "metrics"})
  void whatIsSharedWithTheRestOfTheHouseKnowsNoEngine(String name) {
    noClasses()
        .that()
        .resideInAPackage("io.towerflow." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .because("whoever does not train has no DJL on the class path")
        .check(MODEL);
  }

  @Test
  void nothingKnowsTheStreamThatTheModelLearnsFrom() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..")
        .check(MODEL);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.towerflow.(*)..").should().beFreeOfCycles().check(MODEL);
  }

  @Test
  void nothingPrintsToTheStandardStreams() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(MODEL);
  }
}
