package io.quorumfence.law;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;

/** The main classes of all modules, read once for all laws, with a floor so that an empty scan passes no law. */
final class ImportedClasses {
    /** Raise it as the code grows: at about half of what is there it catches a module that drops out of the scan. */
    static final int FLOOR = 100;

    /** One package of every module; a module without classes below it was not scanned. */
    static final List<String> MODULE_ROOTS = List.of(
            "io.quorumfence.model", "io.quorumfence.agent", "io.quorumfence.coordinator", "io.quorumfence.check");

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.quorumfence");

    private ImportedClasses() {}

    static JavaClasses main() {
        if (MAIN.size() < FLOOR) {
            throw new AssertionError("the scan found " + MAIN.size() + " classes, the floor is " + FLOOR);
        }
        for (String root : MODULE_ROOTS) {
            if (MAIN.stream().noneMatch(type -> isBelow(type, root))) {
                throw new AssertionError("the scan found no class below " + root);
            }
        }
        return MAIN;
    }

    private static boolean isBelow(JavaClass type, String root) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }
}
