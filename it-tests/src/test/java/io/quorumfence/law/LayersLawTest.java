package io.quorumfence.law;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.vertx.core.shareddata.SharedData;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What may import what, as ARCHITECTURE.md draws it. */
class LayersLawTest {
    private static final String[] SHARED_MODEL = {
        "io.quorumfence.model..",
        "io.quorumfence.step..",
        "io.quorumfence.quorum..",
        "io.quorumfence.record..",
        "io.quorumfence.wire..",
        "io.quorumfence.config.."
    };

    @Test
    void everyModuleIsScanned() {
        ImportedClasses.main();
    }

    @Test
    void sharedModelImportsOnlyTheJdkAndJspecify() {
        check(classes()
                .that(resideInAnyPackage(SHARED_MODEL))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(SHARED_MODEL)
                        .or(resideInAnyPackage("java..", "javax.crypto..", "org.jspecify.."))));
    }

    /** Ids and values stand alone; observations, commands and events may also speak of the cell record's values. */
    @Test
    void valuesImportNothingOfOursButValues() {
        check(noClasses()
                .that()
                .resideInAPackage("io.quorumfence.model")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.quorumfence..").and(not(resideInAnyPackage("io.quorumfence.model")))));
        check(noClasses()
                .that()
                .resideInAnyPackage("io.quorumfence.model..", "io.quorumfence.quorum..", "io.quorumfence.record..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quorumfence.step..", "io.quorumfence.wire..", "io.quorumfence.config.."));
    }

    @Test
    void agentAndCoordinatorNeverImportEachOther() {
        check(noClasses()
                .that()
                .resideInAPackage("io.quorumfence.agent..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.quorumfence.coordinator.."));
        check(noClasses()
                .that()
                .resideInAPackage("io.quorumfence.coordinator..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.quorumfence.agent.."));
    }

    @Test
    void applicationsNeverImportTestBenches() {
        check(noClasses()
                .that()
                .resideInAnyPackage("io.quorumfence.agent..", "io.quorumfence.coordinator..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quorumfence.sim..", "io.quorumfence.lab..", "io.quorumfence.check.."));
    }

    @Test
    void hazelcastStaysInTheClusterPackageAndTheEntryPoint() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.quorumfence.agent.cluster..", "io.quorumfence.agent.app..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast.."));
    }

    /** Vert.x's distributed lock lets several holders in at once: a re-entrant key without lease or token. */
    @Test
    void nobodyCallsTheDistributedLockOfSharedData() {
        check(noClasses()
                .should()
                .callMethodWhere(target(owner(assignableTo(SharedData.class)))
                        .and(target(nameMatching("getLock|getLockWithTimeout|withLock")))));
    }

    @Test
    void nobodyUsesInternalsOfVertx() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx.core.internal..", "io.vertx.core.impl.."));
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("io.quorumfence.(**)").should().beFreeOfCycles());
    }

    @Test
    void everyPackageIsNullMarked() {
        check(classes().should(resideInANullMarkedPackage()));
    }

    /** The role is the name: a port {@code Fencer} has the adapter {@code SshFencer}. */
    @Test
    void typesAreNotNamedAfterNothing() {
        check(noClasses().should().haveNameMatching(".*[.$]\\w*(Manager|Helper|Utils?|Impl)"));
    }

    private static void check(ArchRule rule) {
        // Packages come with the features; the floor in ImportedClasses is what keeps an empty scan from passing.
        rule.allowEmptyShould(true).check(ImportedClasses.main());
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package marked @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                String where = type.getName() + ": package-info.java of " + type.getPackageName();
                events.add(
                        new SimpleConditionEvent(type, marked, where + (marked ? " is" : " is not") + " @NullMarked"));
            }
        };
    }
}
