import JSONDocuments
import SourceDiagnostics

/// A `$ref` as it was found.
struct FoundReference: Sendable {
    /// The string after `$ref`.
    let node: JSONValue
    /// Its text.
    let text: String
    /// What must stand at the other end.
    let kind: ObjectKind
    /// The base set by an enclosing `$id`, without fragment; nil where the file's own address is the base.
    let base: String?
}

/// Goes over a document by the grammar of its version, once, and collects what is wrong and what it refers to.
///
/// The walker works on the tape by index and visits nothing below examples, defaults and extensions, so a document of
/// some megabytes takes milliseconds. A node that several references lead to is visited once. Invariant: every index
/// stays below `view.count`, because containers end where their node's `next` says.
struct StructureWalker {
    /// The document walked.
    let document: JSONDocument
    /// Its nodes.
    let view: JSONView
    /// The rules.
    let grammar: ObjectGrammar
    /// Mistakes.
    var diagnostics: [Diagnostic] = []
    /// References in order of appearance.
    var references: [FoundReference] = []
    /// `$id`s that schemas of this document declare, as absolute URIs without fragment.
    var identifiers: [String] = []
    /// Whether the document declares `$anchor`, `$dynamicAnchor` or a fragment `$id`.
    var anchors: Set<String> = []
    /// Kind + 1 by node, for objects already visited.
    var visited: [UInt8]
    /// The base URI of the schema being visited, if an `$id` changed it.
    var base: String?
    /// The file's own address.
    let address: String

    /// Starts on a document; `visited` has a byte for every node and comes from the walk before.
    init(_ document: JSONDocument, view: JSONView, address: String, version: OpenAPIVersion, visited: consuming [UInt8])
    {
        self.document = document
        self.view = view
        self.address = address
        self.grammar = ObjectGrammar.of(version)
        self.visited = visited
    }

    /// The version in force.
    var version: OpenAPIVersion { grammar.version }

    // MARK: - Forms

    /// Checks the value at a node against a form.
    mutating func visit(_ index: Int, as form: ValueForm, field: String, structural: Bool) {
        switch form {
        case .anything: return
        case .string: expect(index, .string, "a string", field, structural)
        case .boolean:
            if view[index].kind != .true { expect(index, .false, "true or false", field, structural) }
        case .strings:
            guard expect(index, .array, "an array of strings", field, structural) else { return }
            forEachElement(of: index) { walker, element in
                walker.expect(element, .string, "a string", field, structural)
            }
        case .object(let kind): visitObject(index, kind, field: field, structural: structural)
        case .reference(let kind):
            if !noteReference(index, kind) { visitObject(index, kind, field: field, structural: structural) }
        case .list(let form):
            guard expect(index, .array, "an array", field, structural) else { return }
            forEachElement(of: index) { walker, element in
                walker.visit(element, as: form, field: field, structural: structural)
            }
        case .map(let form):
            guard expect(index, .object, "an object", field, structural) else { return }
            forEachMember(of: index) { walker, _, value in
                walker.visit(value, as: form, field: field, structural: structural)
            }
        case .headers:
            guard expect(index, .object, "an object", field, structural) else { return }
            forEachMember(of: index) { walker, key, value in
                walker.checkFieldName(key)
                walker.visit(value, as: .reference(.header), field: field, structural: structural)
            }
        case .paths: visitPaths(index)
        case .responses: visitResponses(index)
        case .expressions:
            forEachMember(of: index) { walker, key, value in
                if !walker.isExtension(key) {
                    walker.visit(value, as: .reference(.pathItem), field: field, structural: false)
                }
            }
        case .security: visitSecurity(index, field)
        }
    }

    /// Checks an object of a kind, once.
    mutating func visitObject(_ index: Int, _ kind: ObjectKind, field: String, structural: Bool) {
        let mark = kind.rawValue + 1
        guard visited[index] != mark else { return }
        visited[index] = mark
        if kind == .schema { return visitSchema(index, field) }
        if kind == .callback { return visit(index, as: .expressions, field: field, structural: false) }
        guard expect(index, .object, "an object", field, structural) else { return }
        if kind == .pathItem { noteReference(index, .pathItem) }
        visitFields(index, kind, structural: structural)
        checkRules(index, kind)
    }

    /// Checks the members of an object against its rule.
    private mutating func visitFields(_ index: Int, _ kind: ObjectKind, structural: Bool) {
        let rule = grammar.rule(kind)
        var seen: Set<UInt64> = []
        let end = Int(view[index].next)
        var key = index + 1
        while key < end {
            let value = key + 1
            let name = view.text(of: key)
            let hash = FieldHash.of(name)
            if let field = rule.field(hash) {
                if field.isRequired { seen.insert(hash) }
                visit(value, as: field.form, field: field.name, structural: structural && field.isStructural)
            } else if rule.reportsUnknown, !isExtension(key) {
                reportUnknown(key, kind, rule)
            }
            key = Int(view[value].next)
        }
        for field in rule.fields where field.isRequired && !seen.contains(field.hash) {
            report(
                structural && field.isStructural ? .error : .warning, "missing-field",
                "`\(field.name)` is required in \(kind.title)", at: index)
        }
    }

    /// A schema: the keywords with schemas inside, `$ref` and the identifiers.
    private mutating func visitSchema(_ index: Int, _ field: String) {
        let node = view[index]
        switch node.kind {
        case .true, .false: return
        case .object: break
        case .array where field == "items":
            // Drafts before 2020-12, which a `$schema` may choose, have lists of schemas here.
            return forEachElement(of: index) { $0.visitObject($1, .schema, field: "", structural: true) }
        default:
            report(
                .error, "wrong-type", "a schema must be an object\(version >= .version31 ? " or a boolean" : "")",
                at: index)
            return
        }
        let outer = base
        defer { base = outer }
        if version >= .version31 { noteIdentifiers(index) }
        let hasReference = noteReference(index, .schema)
        // OpenAPI 3.0.4 §4.8.23, 2.0: members beside `$ref` SHALL be ignored.
        if hasReference, !version.evaluatesReferenceSiblings { return }
        visitFields(index, .schema, structural: true)
    }

    /// Takes `$id` and anchors of a schema (JSON Schema 2020-12 §8.2).
    private mutating func noteIdentifiers(_ index: Int) {
        if let node = member(index, "$id"), view[node].kind == .string {
            let reference = URIReference(text(node))
            if let anchor = reference.fragment, !anchor.isEmpty { anchors.insert(anchor) }
            if !reference.withoutFragment.isEmpty {
                let resolved = reference.resolved(against: URIReference(base ?? address)).withoutFragment
                identifiers.append(resolved)
                base = resolved
            }
        }
        for name in ["$anchor", "$dynamicAnchor"] {
            if let node = member(index, name), view[node].kind == .string { anchors.insert(text(node)) }
        }
    }

    /// `paths`: templates to path items.
    private mutating func visitPaths(_ index: Int) {
        guard expect(index, .object, "an object", "paths", true) else { return }
        forEachMember(of: index) { walker, key, value in
            if walker.isExtension(key) { return }
            if walker.view.text(of: key).first != UInt8(ascii: "/") {
                walker.report(.error, "path-template", "a path must begin with a slash", at: key)
            }
            walker.visit(value, as: .object(.pathItem), field: walker.text(key), structural: true)
        }
    }

    /// `responses`: status keys to responses.
    private mutating func visitResponses(_ index: Int) {
        guard expect(index, .object, "an object", "responses", true) else { return }
        forEachMember(of: index) { walker, key, value in
            if walker.isExtension(key) { return }
            let name = walker.text(key)
            if StatusKey(name, version: walker.version) == nil {
                walker.report(
                    .error, "status-key",
                    "`\(name)` is no response key: expected a status such as 200"
                        + (walker.version == .version2 ? "" : ", a range such as 2XX") + ", or default", at: key)
            }
            walker.visit(value, as: .reference(.response), field: name, structural: true)
        }
    }

    /// `security`: requirements; the names are checked when the whole document is known.
    private mutating func visitSecurity(_ index: Int, _ field: String) {
        guard expect(index, .array, "an array", field, true) else { return }
        forEachElement(of: index) { walker, requirement in
            guard walker.expect(requirement, .object, "an object from scheme names to scopes", field, true) else {
                return
            }
            walker.forEachMember(of: requirement) { walker, _, scopes in
                walker.visit(scopes, as: .strings, field: "scopes", structural: true)
            }
        }
    }

    /// Remembers the `$ref` of an object; false if it has none.
    @discardableResult
    mutating func noteReference(_ index: Int, _ kind: ObjectKind) -> Bool {
        guard view[index].kind == .object, let node = member(index, "$ref") else { return false }
        guard view[node].kind == .string else {
            report(.error, "wrong-type", "`$ref` must be a string", at: node)
            return true
        }
        references.append(
            FoundReference(
                node: JSONValue(document: document, index: node), text: text(node), kind: kind,
                base: kind == .schema ? base : nil))
        return true
    }

    // MARK: - Reports

    /// Reports unless the node has the kind.
    @discardableResult
    mutating func expect(_ index: Int, _ kind: JSONKind, _ words: String, _ field: String, _ structural: Bool) -> Bool {
        if view[index].kind == kind { return true }
        report(
            structural ? .error : .warning, "wrong-type",
            "`\(field)` must be \(words), not \(Self.words(for: view[index].kind))", at: index)
        return false
    }

    /// An undeclared field, with the nearest declared one.
    private mutating func reportUnknown(_ key: Int, _ kind: ObjectKind, _ rule: ObjectRule) {
        let name = text(key)
        if name == "$ref" { return }
        let near = NearestName.among(rule.fields.map(\.name), to: name)
        diagnostics.append(
            Diagnostic(
                .warning, "unknown-field", "\(kind.title) of OpenAPI \(version.name) has no field `\(name)`",
                at: range(key),
                suggestion: near.map { "did you mean `\($0)`?" }))
    }

    /// Adds a diagnostic at a node.
    mutating func report(_ severity: Severity, _ code: String, _ message: String, at index: Int) {
        diagnostics.append(Diagnostic(severity, code, message, at: range(index)))
    }

    /// A JSON type in prose.
    static func words(for kind: JSONKind) -> String {
        switch kind {
        case .null: "null"
        case .true, .false: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    // MARK: - The tape

    /// Where a node stands.
    func range(_ index: Int) -> SourceRange { JSONValue(document: document, index: index).range }

    /// The text of a string.
    func text(_ index: Int) -> String { String(decoding: view.text(of: index), as: UTF8.self) }

    /// The value of a member, by exact name.
    func member(_ index: Int, _ name: StaticString) -> Int? {
        member(index, UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// The value of a member, by exact name.
    func member(_ index: Int, _ name: String) -> Int? {
        var copy = name
        return copy.withUTF8 { member(index, UnsafeRawBufferPointer($0)) }
    }

    /// The value of a member, by exact name.
    private func member(_ index: Int, _ name: UnsafeRawBufferPointer) -> Int? {
        guard view[index].kind == .object else { return nil }
        let end = Int(view[index].next)
        var key = index + 1
        while key < end {
            if view.text(of: key).elementsEqual(name) { return key + 1 }
            key = Int(view[key + 1].next)
        }
        return nil
    }

    /// Whether a key is a specification extension.
    func isExtension(_ key: Int) -> Bool {
        let name = view.text(of: key)
        return name.count >= 2 && name[0] == UInt8(ascii: "x") && name[1] == UInt8(ascii: "-")
    }

    /// Visits keys and values of an object; nothing for other nodes.
    mutating func forEachMember(of index: Int, _ body: (inout StructureWalker, Int, Int) -> Void) {
        guard view[index].kind == .object else { return }
        let end = Int(view[index].next)
        var key = index + 1
        while key < end {
            body(&self, key, key + 1)
            key = Int(view[key + 1].next)
        }
    }

    /// Visits the elements of an array; nothing for other nodes.
    mutating func forEachElement(of index: Int, _ body: (inout StructureWalker, Int) -> Void) {
        guard view[index].kind == .array else { return }
        let end = Int(view[index].next)
        var element = index + 1
        while element < end {
            body(&self, element)
            element = Int(view[element].next)
        }
    }
}
