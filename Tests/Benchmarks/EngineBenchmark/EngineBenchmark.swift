import Glibc
import JSONDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics

/// Measures what a verdict on a JSON text costs: parsing alone, evaluation alone on the parsed text, and both.
///
/// Usage: `EngineBenchmark DIALECT SCHEMA INSTANCE [SECONDS]`
///
/// Prints one JSON object: `bytes` of the instance, the verdict `valid`, and `parse`, `evaluate`, `total` in
/// nanoseconds, each the mean of the fastest of several batches. One process is one sample: the script beside it lets
/// processes of all engines take turns.
@main
struct EngineBenchmark {
    /// Reads the arguments, measures, prints; exit code 2 where a file cannot be used.
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().map { $0 }
        guard arguments.count >= 3, let dialect = dialects[arguments[0]], let schema = read(arguments[1]),
            let instance = read(arguments[2])
        else { fail("usage: EngineBenchmark DIALECT SCHEMA INSTANCE [SECONDS]") }
        let seconds = arguments.count > 3 ? Double(arguments[3]) ?? 0.3 : 0.3
        guard let (program, entry) = compile(schema, dialect, uri: arguments[1]) else {
            fail("\(arguments[1]) does not compile")
        }
        print(measure(program, entry, instance, seconds))
    }

    /// Dialects by the names of the command line.
    private static let dialects: [String: Dialect] = [
        "draft4": .draft4, "draft6": .draft6, "draft7": .draft7, "2019-09": .draft2019_09, "2020-12": .draft2020_12,
    ]

    /// Compiles a schema.
    private static func compile(_ text: [UInt8], _ dialect: Dialect, uri: String) -> (SchemaProgram, SchemaEntry)? {
        guard let document = try? JSONDocument(parsing: SourceFile(path: uri, bytes: text)) else { return nil }
        var resources = SchemaResources()
        resources.register(document, uri: "file://" + uri, dialect: dialect)
        var compiler = SchemaCompiler(resources: resources, dialect: dialect)
        let entry = compiler.add(document.root)
        let (program, diagnostics) = compiler.finish()
        return diagnostics.contains { $0.severity == .error } ? nil : (program, entry)
    }

    /// Measures the three costs on one text.
    private static func measure(
        _ program: SchemaProgram, _ entry: SchemaEntry, _ instance: [UInt8], _ seconds: Double
    ) -> String {
        var tape = JSONTape()
        var workspace = EvaluationWorkspace()
        let limits = JSONLimits(depth: 1000)
        return instance.withUnsafeBytes { bytes in
            guard (try? tape.parse(bytes, limits: limits)) != nil else { fail("the instance is no JSON") }
            let isValid = program.accepts(entry, tape.view, using: &workspace) == .valid
            var verdicts = 0
            let parse = fastest(seconds) { _ = try? tape.parse(bytes, limits: limits) }
            let evaluate = fastest(seconds) {
                if program.accepts(entry, tape.view, using: &workspace) == .valid { verdicts &+= 1 }
            }
            let total = fastest(seconds) {
                _ = try? tape.parse(bytes, limits: limits)
                if program.accepts(entry, tape.view, using: &workspace) == .valid { verdicts &+= 1 }
            }
            return """
                {"bytes": \(instance.count), "valid": \(isValid), "parse": \(parse), "evaluate": \(evaluate), \
                "total": \(total)}
                """
        }
    }

    /// Nanoseconds for one call: the mean of the fastest of many batches that together take about `seconds`.
    private static func fastest(_ seconds: Double, _ body: () -> Void) -> Double {
        let first = elapsed(1, body)
        let count = max(1, Int(seconds / 20 / max(first, 1e-9)))
        return (0..<20).map { _ in elapsed(count, body) / Double(count) * 1e9 }.min() ?? 0
    }

    /// Seconds for a number of calls.
    private static func elapsed(_ count: Int, _ body: () -> Void) -> Double {
        let start = now()
        for _ in 0..<count { body() }
        return now() - start
    }

    /// Seconds since some moment.
    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The bytes of a file; nil where it cannot be read.
    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rbe") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Ends with a message.
    private static func fail(_ message: String) -> Never {
        let line = Array((message + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(2)
    }
}
