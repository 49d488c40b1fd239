package io.quorumfence.law;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The hard limits of STYLE.md. Each failure names the file, the place and the figure. */
class SizesLawTest {
    private static final int FILES_FLOOR = 50;
    private static final int FILE_LINES_MAX = 400;
    private static final int LINE_LENGTH_MAX = 120;
    private static final int METHOD_LINES_MAX = 60;

    private static final List<Path> JAVA = SourceTree.files(".java");
    private static final List<Path> CODE = SourceTree.files(".java", ".c", ".h", ".sh", ".py");

    @Test
    void theWalkSeesTheTree() {
        assertThat(JAVA.size()).isGreaterThan(FILES_FLOOR);
        assertThat(JavaMethods.of(JAVA)).extracting(JavaMethods.Method::name).contains("theWalkSeesTheTree");
    }

    @Test
    void filesStayBelowTheirLimit() {
        assertThat(CODE.stream()
                        .filter(file -> SourceTree.lines(file).size() > FILE_LINES_MAX)
                        .map(file -> SourceTree.name(file) + ": "
                                + SourceTree.lines(file).size() + " lines"))
                .isEmpty();
    }

    @Test
    void linesStayBelowTheirLimit() {
        assertThat(CODE.stream().flatMap(SizesLawTest::longLines)).isEmpty();
    }

    @Test
    void methodsStayBelowTheirLimit() {
        assertThat(JavaMethods.of(JAVA).stream()
                        .filter(method -> method.lines() > METHOD_LINES_MAX)
                        .map(method -> SourceTree.name(method.file()) + ":" + method.line() + " " + method.name() + ": "
                                + method.lines() + " lines"))
                .isEmpty();
    }

    @Test
    void functionsInCStayBelowTheirLimit() {
        assertThat(SourceTree.files(".c", ".h").stream().flatMap(SizesLawTest::longFunctions))
                .isEmpty();
    }

    private static Stream<String> longLines(Path file) {
        List<String> lines = SourceTree.lines(file);
        return IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).length() > LINE_LENGTH_MAX && !isImport(lines.get(i)))
                .mapToObj(i -> SourceTree.name(file) + ":" + (i + 1) + ": "
                        + lines.get(i).length() + " characters");
    }

    private static boolean isImport(String line) {
        return line.startsWith("import ");
    }

    /** A function ends with a brace in the first column and begins at the last text in the first column before it. */
    private static Stream<String> longFunctions(Path file) {
        List<String> lines = SourceTree.lines(file);
        List<String> found = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.equals("}") && i - start + 1 > METHOD_LINES_MAX) {
                found.add(SourceTree.name(file) + ":" + (start + 1) + ": " + (i - start + 1) + " lines");
            } else if (!line.isEmpty()
                    && (Character.isLetter(line.charAt(0)) || line.charAt(0) == '_')
                    && !line.endsWith(":")) {
                start = i;
            }
        }
        return found.stream();
    }
}
