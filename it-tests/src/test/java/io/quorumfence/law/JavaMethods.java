package io.quorumfence.law;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The methods of Java files with their lengths, as the compiler's own parser sees them; nothing is compiled. */
final class JavaMethods {
    record Method(Path file, long line, String name, long lines) {}

    private JavaMethods() {}

    static List<Method> of(List<Path> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager sources = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, sources, null, List.of(), null, sources.getJavaFileObjectsFromPaths(files));
            List<Method> found = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                new MethodScanner(unit, Trees.instance(task).getSourcePositions(), found).scan(unit, null);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot parse the source tree", e);
        }
    }

    private static final class MethodScanner extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<Method> found;

        MethodScanner(CompilationUnitTree unit, SourcePositions positions, List<Method> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            LineMap lines = unit.getLineMap();
            long start = positions.getStartPosition(unit, method);
            long end = positions.getEndPosition(unit, method);
            // A compact record constructor's canonical twin and default constructors have no place in the text.
            if (start >= 0 && end >= 0) {
                long first = lines.getLineNumber(start);
                Path file = Path.of(unit.getSourceFile().toUri());
                found.add(new Method(file, first, method.getName().toString(), lines.getLineNumber(end) - first + 1));
            }
            return super.visitMethod(method, unused);
        }
    }
}
