import JSONDocuments
import OpenAPIDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics

/// What is wrong with an example.
struct ExampleMistake {
    /// In words.
    let message: String
    /// The value in the example.
    let place: JSONValue
}

/// Holds examples against schemas with the engine that the gateway uses, all in one go.
///
/// Rules hand in pairs during the walk and ask for mistakes when it is over; then every schema is compiled into one
/// program. What a broken schema says about an example is not told: the schema is at fault, and other rules say so.
final class ExampleChecker {
    /// An example and a schema.
    private struct Pair {
        /// The example.
        let example: JSONValue
        /// The schema.
        let schema: JSONValue
        /// Which way the example travels.
        let direction: MessageDirection
    }

    /// The most mistakes that are told of one example.
    private static let limit = 20

    /// The document.
    private let document: LintDocument
    /// The language of its schemas.
    private let dialect: Dialect
    /// All pairs.
    private var pairs: [Pair] = []
    /// Mistakes by the number of the pair, once everything was checked.
    private var mistakes: [Int: [ExampleMistake]]?

    /// Nothing to check yet.
    init(_ document: LintDocument, _ version: OpenAPIVersion) {
        self.document = document
        dialect = Self.dialect(of: document.root, version)
    }

    /// Takes a pair.
    ///
    /// - Parameters:
    ///   - example: The example.
    ///   - schema: The schema, in one of the files or cut out of one.
    ///   - direction: Which way the example travels: then it need not have what travels the other way only.
    /// - Returns: Its number.
    func add(_ example: JSONValue, against schema: JSONValue, direction: MessageDirection) -> Int {
        pairs.append(Pair(example: example, schema: schema, direction: direction))
        return pairs.count - 1
    }

    /// What is wrong with an example, by the number of its pair.
    func mistakes(of number: Int) -> [ExampleMistake] {
        if let mistakes { return mistakes[number] ?? [] }
        var found = check(Array(pairs.indices), direction: .none)
        // OpenAPI 2.0 and 3.0: `required` follows the direction. Seldom needed, so only those that failed are tried again.
        for direction in [MessageDirection.request, .response] where dialect == .oas2_0 || dialect == .oas3_0 {
            let failed = found.keys.filter { pairs[$0].direction == direction }
            guard !failed.isEmpty else { continue }
            let again = check(failed.sorted(), direction: direction)
            for number in failed { found[number] = again[number] }
        }
        mistakes = found
        return found[number] ?? []
    }

    /// The dialect of schemas that do not name one (OpenAPI 3.1.2 §4.8.24.6).
    private static func dialect(of root: JSONValue, _ version: OpenAPIVersion) -> Dialect {
        switch version {
        case .version2: .oas2_0
        case .version30: .oas3_0
        case .version31, .version32:
            root["jsonSchemaDialect"]?.string.flatMap { Dialect(identifier: $0) }
                ?? (version == .version31 ? .oas3_1 : .oas3_2)
        }
    }

    /// Checks some pairs with one program.
    private func check(_ numbers: [Int], direction: MessageDirection) -> [Int: [ExampleMistake]] {
        var resources = SchemaResources()
        for file in document.files { resources.register(file.document, uri: file.address, dialect: dialect) }
        var compiler = SchemaCompiler(resources: resources, dialect: dialect, direction: direction)
        var entries: [SchemaEntry] = []
        entries.reserveCapacity(numbers.count)
        for number in numbers { entries.append(compiler.add(pairs[number].schema)) }
        let (program, diagnostics) = compiler.finish()
        let broken = diagnostics.filter { $0.severity == .error }.compactMap(\.range)
        var workspace = EvaluationWorkspace()
        var found: [Int: [ExampleMistake]] = [:]
        for (number, entry) in zip(numbers, entries) {
            let pair = pairs[number]
            let violations = pair.example.document.withView { view -> [SchemaViolation] in
                if case .valid = program.accepts(entry, view, at: pair.example.index, using: &workspace) { return [] }
                return program.violations(entry, view, at: pair.example.index, limit: Self.limit)
            }
            let told = mistakes(violations, pair, broken)
            if !told.isEmpty { found[number] = told }
        }
        return found
    }

    /// Violations in words, without those that are no fault of the example.
    private func mistakes(_ violations: [SchemaViolation], _ pair: Pair, _ broken: [SourceRange]) -> [ExampleMistake] {
        violations.compactMap { violation in
            // What travels the other way may be shown all the same.
            if ["readOnly", "writeOnly", "limit"].contains(violation.keyword) { return nil }
            let keyword = keyword(of: violation, pair)
            if let place = keyword?.range, broken.contains(where: { Self.touches($0, place) }) { return nil }
            let pointer = JSONPointer(violation.instancePointer) ?? JSONPointer()
            let place = pair.example.value(at: pointer) ?? pair.example
            if violation.keyword == "required", let name = ExampleWording.missingName(violation),
                isExcused(name, keyword, pair.direction)
            {
                return nil
            }
            return ExampleMistake(message: ExampleWording.message(violation, keyword, place), place: place)
        }
    }

    /// The value of the keyword that a violation is about.
    private func keyword(of violation: SchemaViolation, _ pair: Pair) -> JSONValue? {
        let file = document.files.first { $0.address == violation.schemaDocument }
        let root = (file?.document ?? pair.schema.document).root
        return JSONPointer(violation.schemaPointer).flatMap { root.value(at: $0) }
    }

    /// Whether one range lies in the other.
    private static func touches(_ one: SourceRange, _ other: SourceRange) -> Bool {
        one.file === other.file && one.lowerBound < other.upperBound && other.lowerBound < one.upperBound
    }

    /// Whether a property travels the other way only, as the schema that requires it says.
    private func isExcused(_ name: String, _ required: JSONValue?, _ direction: MessageDirection) -> Bool {
        let marker: String
        switch direction {
        case .none: return false
        case .request: marker = "readOnly"
        case .response: marker = "writeOnly"
        }
        guard let required, let schema = document.object(around: required),
            let property = schema["properties"]?[name]
        else { return false }
        return property[marker]?.bool == true || document.followed(property)?[marker]?.bool == true
    }
}

extension LintDocument {
    /// The object that a member's value stands in.
    fileprivate func object(around value: JSONValue) -> JSONValue? {
        value.document.root.value(at: JSONPointer(tokens: Array(value.pointer.tokens.dropLast())))
    }
}

extension LintContext {
    /// Reports the mistakes of an example.
    func report(_ mistakes: [ExampleMistake]) {
        for mistake in mistakes { report(mistake.message, at: mistake.place) }
    }
}
