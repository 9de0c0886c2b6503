package io.towerflow;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
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

  /**
   * An operation on an array and a Java number frees the number's memory as soon as it returns, and
   * a backward pass still reads it.
   */
  @Test
  void noGraphTakesAJavaNumber() {
    DescribedPredicate<JavaCall<?>> takesNumber =
        DescribedPredicate.describe(
            "an NDArray's operation takes a Number",
            call ->
                call.getTargetOwner().isEquivalentTo(NDArray.class)
                    && call.getTarget().getRawParameterTypes().stream()
                        .anyMatch(type -> type.isEquivalentTo(Number.class)));
    noClasses()
        .should()
        .callCodeUnitWhere(takesNumber)
        .because("Step.number gives a number that lives as long as the graph")
        .check(MODEL);
  }

  @Test
  void nothingPrintsToTheStandardStreams() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(MODEL);
  }
}
