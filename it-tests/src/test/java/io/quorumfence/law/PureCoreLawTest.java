package io.quorumfence.law;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Random;
import java.util.Scanner;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The decision cores see no clock, thread, file, chance or logger: time comes in as {@code nowNs}, chance as a
 * seed. The simulator depends on it, for it runs this very code.
 */
class PureCoreLawTest {
    private static final String[] PURE = {
        "io.quorumfence.model..",
        "io.quorumfence.step..",
        "io.quorumfence.quorum..",
        "io.quorumfence.record..",
        "io.quorumfence.agent.core..",
        "io.quorumfence.coordinator.core.."
    };

    /** An allow-list: what is not on it needs a reason to be added, here, in review. */
    private static final String[] ALLOWED_PACKAGES = {
        "java.lang",
        "java.lang.annotation",
        "java.lang.constant",
        "java.lang.invoke",
        "java.lang.runtime",
        "java.math",
        "java.nio",
        "java.nio.charset",
        "java.util",
        "java.util.function",
        "java.util.regex",
        "java.util.stream",
        "org.jspecify.annotations"
    };

    private static final DescribedPredicate<JavaClass> ALLOWED_TYPES = type(java.time.Duration.class)
            .or(type(java.util.concurrent.TimeUnit.class))
            .as("Duration or TimeUnit");

    private static final DescribedPredicate<JavaClass> BANNED_TYPES = belongToAnyOf(
                    Thread.class,
                    ThreadLocal.class,
                    Process.class,
                    ProcessBuilder.class,
                    ProcessHandle.class,
                    Runtime.class,
                    Random.class,
                    SplittableRandom.class,
                    Scanner.class,
                    Timer.class,
                    TimerTask.class)
            .as("threads, processes, chance or timers");

    @Test
    void coresImportOnlyWhatIsOnTheList() {
        check(classes()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("io.quorumfence..")
                        .or(resideInAnyPackage(ALLOWED_PACKAGES))
                        .or(ALLOWED_TYPES)));
    }

    @Test
    void coresImportOnlyCoresAndValuesOfOurs() {
        check(classes()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .onlyDependOnClassesThat(not(resideInAnyPackage("io.quorumfence.."))
                        .or(resideInAnyPackage(PURE))
                        .or(resideInAnyPackage("io.quorumfence.wire..", "io.quorumfence.config.."))));
    }

    @Test
    void coresKnowNoThreadsProcessesOrChance() {
        check(noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat(BANNED_TYPES));
    }

    @Test
    void coresReadNoClockAndRollNoDice() {
        check(noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethodWhere(target(owner(type(System.class)))
                        .and(target(not(nameMatching("arraycopy|identityHashCode"))))));
        check(noClasses().that().resideInAnyPackage(PURE).should().callMethod(Math.class, "random"));
        check(noClasses().that().resideInAnyPackage(PURE).should().callMethod(UUID.class, "randomUUID"));
        check(noClasses().that().resideInAnyPackage(PURE).should().accessField(System.class, "out"));
        check(noClasses().that().resideInAnyPackage(PURE).should().accessField(System.class, "err"));
    }

    @Test
    void coresHoldNoMutableStatics() {
        check(classes().that().resideInAnyPackage(PURE).should(haveOnlyFinalStatics()));
    }

    private static ArchCondition<JavaClass> haveOnlyFinalStatics() {
        return new ArchCondition<>("have only final static fields") {
            @Override
            public void check(JavaClass owner, ConditionEvents events) {
                for (JavaField field : owner.getFields()) {
                    boolean loose = field.getModifiers().contains(JavaModifier.STATIC)
                            && !field.getModifiers().contains(JavaModifier.FINAL);
                    events.add(new SimpleConditionEvent(field, !loose, field.getFullName() + " is a static variable"));
                }
            }
        };
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(ImportedClasses.main());
    }
}
