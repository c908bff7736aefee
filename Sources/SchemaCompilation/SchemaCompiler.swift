import JSONDocuments
import PatternMatching
import SchemaEvaluation
import SourceDiagnostics

/// Compiles schemas to a program: one compiler for each API and direction.
///
///     add(schema) → key (place, dynamic scope, excused names) ── known ──→ entry
///                     │ new: a header is set aside, the schema waits
///                     ▼
///                   drain: one waiting schema after another, each keyword by its own function, children wait in turn
///     finish()    → shortcuts (`$ref` alone, tags of branches), program, diagnostics
///
/// Nothing is recursive: schemas may nest and refer to themselves as they like. Whatever is wrong with a schema is
/// collected, and the schema refuses every value, so that a mistake never opens the gate.
package struct SchemaCompiler: ~Copyable {
    /// The documents.
    var resources: SchemaResources
    /// The language of schemas in documents that were not registered.
    let dialect: Dialect
    /// The direction of the messages.
    let direction: MessageDirection
    /// Choices.
    let options: CompilerOptions
    /// The program so far.
    var parts = ProgramParts()
    /// Mistakes so far.
    private(set) var diagnostics: [Diagnostic] = []
    /// Places that a mistake was reported for, so that variants of a schema report once.
    private var reported: Set<ReportKey> = []
    /// Schemas that were met before.
    private var schemas: [UnitKey: UInt32] = [:]
    /// Schemas that wait.
    private var pending: [PendingUnit] = []
    /// Dynamic scopes.
    var scopes = DynamicScopes()
    /// Names that the direction excuses.
    var excused = ExcusedNames()
    /// Patterns by source; `nil` for those that do not compile.
    var patternNumbers: [String: UInt32?] = [:]
    /// Vocabularies of metaschemas by identifier.
    var metaschemas: [String: Metaschema] = [:]
    /// Schemas `true` and `false`.
    private var booleans: (always: UInt32?, never: UInt32?)
    /// In-place edges, to find schemas that lead to themselves without a step into the value.
    var inPlace: [(from: UInt32, to: UInt32, place: JSONValue)] = []

    /// A mistake's place and name.
    private struct ReportKey: Hashable {
        /// The file.
        let file: ObjectIdentifier?
        /// First byte.
        let offset: Int
        /// Name of the mistake.
        let code: String
    }

    /// A compiler.
    /// - Parameters:
    ///   - resources: Documents that references may lead to.
    ///   - dialect: The language of schemas in documents that were not registered.
    ///   - direction: The direction of the messages.
    ///   - options: Further choices.
    package init(
        resources: SchemaResources, dialect: Dialect, direction: MessageDirection = .none,
        options: CompilerOptions = CompilerOptions()
    ) {
        self.resources = resources
        self.dialect = dialect
        self.direction = direction
        self.options = options
        booleans = (nil, nil)
        // Location 0 is nowhere.
        parts.locations.append(SchemaLocation(document: .max, node: 0))
    }

    /// Compiles a schema, or finds it among those that were compiled.
    /// - Parameter schema: A place in a document; one that was not registered is registered under its path.
    /// - Returns: Where its evaluation begins in the program that `finish` makes.
    package mutating func add(_ schema: JSONValue) -> SchemaEntry {
        if resources.documentNumber(of: schema.document) == nil {
            resources.register(schema.document, uri: schema.document.file.path, dialect: dialect)
        }
        let entry = SchemaEntry(index: enqueue(schema, scope: 0, excused: 0))
        drain()
        return entry
    }

    /// Ends the compilation.
    /// - Returns: The program and every mistake. With mistakes of severity `error`, the program refuses what they
    ///   concern.
    package mutating func finish() -> (program: SchemaProgram, diagnostics: [Diagnostic]) {
        drain()
        reportLoops()
        if options.optimises {
            shortenReferences()
            chooseByTags()
        }
        for document in resources.documents {
            parts.sources.append(SchemaSource(document: document.document, uri: document.uri))
        }
        var finished = ProgramParts()
        swap(&finished, &parts)
        return (SchemaProgram(finished), resources.diagnostics + diagnostics)
    }

    /// The number of a schema; if it is new, it waits to be compiled.
    /// - Parameters:
    ///   - value: A place in a registered document.
    ///   - scope: The dynamic scope of the referring schema.
    ///   - excused: Names that need not be there.
    mutating func enqueue(_ value: JSONValue, scope: Int, excused: Int) -> UInt32 {
        guard let resource = resources.resource(around: value),
            let document = resources.documentNumber(of: value.document)
        else {
            assertionFailure("a schema outside of the registered documents")
            return never()
        }
        let inner = scopes.entering(resources.resources[resource], number: resource, from: scope)
        let key = UnitKey(document: document, node: value.index, scope: inner, excused: excused)
        if let known = schemas[key] { return known }
        let schema = reserveHeader()
        schemas[key] = schema
        pending.append(
            PendingUnit(value: value, resource: resource, scope: inner, excused: excused, schema: schema))
        return schema
    }

    /// A child schema of a unit: a property, an element.
    mutating func child(_ value: JSONValue, of unit: SchemaUnit) -> UInt32 {
        enqueue(value, scope: unit.pending.scope, excused: 0)
    }

    /// A schema for the same value as a unit: a branch.
    mutating func branch(_ value: JSONValue, of unit: SchemaUnit) -> UInt32 {
        let schema = enqueue(value, scope: unit.pending.scope, excused: excusedByBranches(of: unit))
        inPlace.append((unit.pending.schema, schema, value))
        return schema
    }

    /// Sets a header aside.
    private mutating func reserveHeader() -> UInt32 {
        parts.headers.append(SchemaHeader())
        return UInt32(clamping: parts.headers.count - 1)
    }

    /// The schema `true`.
    mutating func always() -> UInt32 {
        if let known = booleans.always { return known }
        let schema = reserveHeader()
        booleans.always = schema
        return schema
    }

    /// The schema `false`, for places that report by themselves.
    mutating func never() -> UInt32 {
        if let known = booleans.never { return known }
        let schema = reserveHeader()
        booleans.never = schema
        let first = UInt32(clamping: parts.instructions.count)
        parts.instructions.append(Instruction(.never, location: 0))
        var header = SchemaHeader(at: first)
        header.end = first + 1
        header.isTypeOnly = false
        parts.headers[Int(schema)] = header
        return schema
    }

    /// Compiles what waits.
    private mutating func drain() {
        while let next = pending.popLast() { compile(next) }
    }

    /// Compiles one schema.
    private mutating func compile(_ next: PendingUnit) {
        let language = language(of: next.resource)
        var unit = SchemaUnit(next, dialect: language.dialect, vocabulary: language.vocabulary)
        switch next.value.kind {
        case .object:
            collectKeywords(&unit)
            compileKeywords(&unit)
        case .true where unit.dialect.hasBooleanSchemas: break
        case .false where unit.dialect.hasBooleanSchemas:
            unit.any.append(Instruction(.never, location: location(of: next.value)))
        default:
            let wanted = unit.dialect.hasBooleanSchemas ? "an object or a boolean" : "an object"
            report("bad-schema", "a schema must be \(wanted)", at: next.value)
            unit.any.append(Instruction(.never, location: location(of: next.value)))
        }
        close(unit)
    }

    /// Notes which keywords a schema has, as far as its dialect and vocabularies know them.
    private mutating func collectKeywords(_ unit: inout SchemaUnit) {
        let dialect = unit.dialect
        if dialect.ignoresReferenceSiblings, let reference = unit.value["$ref"], reference.kind == .string {
            unit.set(.ref, node: reference.index)
            return
        }
        for member in unit.value.members {
            guard let keyword = Keyword.byName[member.name] else { continue }
            guard keyword.exists(in: dialect) else {
                if dialect.isOpenAPI, keyword.isAssertion {
                    report(
                        .warning, "ignored-keyword", "`\(member.name)` has no meaning in this version of OpenAPI",
                        at: member.key.range)
                }
                continue
            }
            let vocabulary = keyword.vocabulary
            if vocabulary.isEmpty || unit.vocabulary.contains(vocabulary) {
                unit.set(keyword, node: member.value.index)
            }
        }
    }

    /// Compiles the keywords of a schema; cheap ones first within each section, those that count at the end.
    private mutating func compileKeywords(_ unit: inout SchemaUnit) {
        compileReferences(&unit)
        if unit.dialect.ignoresReferenceSiblings, unit[.ref] != nil { return }
        compileType(&unit)
        compileNumbers(&unit)
        compileStrings(&unit)
        compileFormat(&unit)
        compileContent(&unit)
        compileArrays(&unit)
        compileObjects(&unit)
        compileDependencies(&unit)
        compileEnumeration(&unit)
        compileLogic(&unit)
        compileUnevaluated(&unit)
    }

    /// Writes the header and the steps of a schema.
    private mutating func close(_ unit: SchemaUnit) {
        var header = SchemaHeader(
            types: unit.types, at: UInt32(clamping: parts.instructions.count), typeLocation: unit.typeLocation)
        header.integersBySpelling = unit.dialect.integersBySpelling
        header.tracks = !unit.late.isEmpty
        parts.instructions += unit.strings
        header.numbers = UInt32(clamping: parts.instructions.count)
        parts.instructions += unit.numbers
        header.arrays = UInt32(clamping: parts.instructions.count)
        parts.instructions += unit.arrays
        header.objects = UInt32(clamping: parts.instructions.count)
        parts.instructions += unit.objects
        header.any = UInt32(clamping: parts.instructions.count)
        parts.instructions += unit.any
        parts.instructions += unit.late
        header.end = UInt32(clamping: parts.instructions.count)
        header.isTypeOnly = header.first == header.end
        parts.headers[Int(unit.pending.schema)] = header
    }

    /// A keyword's place, for messages.
    /// - Parameter value: The keyword's value, or a schema.
    mutating func location(of value: JSONValue) -> UInt32 {
        let document = resources.documentNumber(of: value.document) ?? 0
        let node = value.key?.index ?? value.index
        parts.locations.append(SchemaLocation(document: UInt32(clamping: document), node: UInt32(clamping: node)))
        return UInt32(clamping: parts.locations.count - 1)
    }

    /// Reports an error.
    mutating func report(
        _ code: String, _ message: String, at value: JSONValue, suggestion: String? = nil
    ) {
        report(.error, code, message, at: value.range, suggestion: suggestion)
    }

    /// Reports a mistake, once for each place.
    mutating func report(
        _ severity: Severity, _ code: String, _ message: String, at range: SourceRange, suggestion: String? = nil
    ) {
        let key = ReportKey(file: ObjectIdentifier(range.file), offset: range.lowerBound, code: code)
        guard reported.insert(key).inserted else { return }
        diagnostics.append(Diagnostic(severity, code, message, at: range, suggestion: suggestion))
    }
}
