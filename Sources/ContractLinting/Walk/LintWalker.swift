import JSONDocuments
import OpenAPIDocuments

/// Goes over a description by the grammar of its version and shows each node, once, to the rules that asked for its kind.
///
///     root ── fields of the grammar ──→ node ──→ rules whose interests it meets ──→ findings
///       │                                 └─ `$ref` ──→ target waits, with the way that led to it
///       └─ fields that the grammar does not know ──→ taken for what they look like (`LintWalker+Unexplained`)
///
/// A target that the walk from the root reaches by itself (`components`) is visited where it stands; others, most of all
/// those in other files, are visited afterwards with the lineage of the first reference that leads there. Nothing below
/// examples, defaults and extensions is visited.
final class LintWalker {
    /// A target that waits.
    struct Task {
        /// The object.
        let value: JSONValue
        /// What it is.
        let kind: ObjectKind
        /// The nodes around the reference.
        let lineage: [LintNode]
        /// The references up to it.
        let references: [JSONValue]
    }

    /// A target and what it was taken for.
    private struct TaskKey: Hashable {
        /// The object.
        let value: JSONValue
        /// What it is.
        let kind: ObjectKind
    }

    /// What rules see.
    let context: LintContext
    /// The rules with their choices.
    let configured: [ConfiguredRule]
    /// The rules.
    private(set) var rules: [any LintRule]
    /// What is known of the members of each kind, by its raw value.
    private(set) var tables: [DispatchTable]
    /// Rules that look at problems of structure.
    private let structureRules: [Int]
    /// Targets that wait.
    private var tasks: [Task] = []
    /// Targets that waited or were done.
    private var queued: Set<TaskKey> = []
    /// For each file, the kinds that each node was visited as: a bit for each.
    private var visited: [ObjectIdentifier: [UInt32]] = [:]
    /// The file that is being walked.
    private(set) var file: JSONDocument
    /// Its nodes.
    private(set) var view: JSONView
    /// Kinds that nodes of the file were visited as.
    private var marks: [UInt32]

    /// A walk with rules that are ready.
    ///
    /// - Parameter view: Of the root file; `run` takes others itself.
    init(_ context: LintContext, _ configured: [ConfiguredRule], _ rules: [any LintRule], view: JSONView) {
        self.context = context
        self.configured = configured
        self.rules = rules
        file = context.root.document
        self.view = view
        marks = [UInt32](repeating: 0, count: file.nodeCount)
        let grammar = ObjectGrammar.of(context.version)
        tables = NodeKind.allCases.map { kind in
            var table = DispatchTable(kind.object.map(grammar.rule))
            if kind == .schema, context.version < .version31 {
                table.add(names: SchemaVocabulary.names(context.version))
            }
            for (number, rule) in rules.enumerated() {
                for interest in type(of: rule).interests where interest.kind == kind {
                    table.add(interest, rule: number)
                }
            }
            return table
        }
        structureRules = rules.indices.filter { rules[$0] is any StructureRule }
    }

    /// The whole walk.
    func run() {
        visitObject(context.root.index, .document)
        while let task = tasks.popLast() {
            context.lineage = task.lineage
            context.references = task.references
            context.note(way: task.references, to: task.value)
            enter(task.value.document) { visit(task.value.index, as: .reference(task.kind), field: "", in: .document) }
        }
        context.lineage = []
        context.references = []
        for number in rules.indices {
            context.current = configured[number]
            rules[number].finish(context)
        }
    }

    /// Walks in another file for a while.
    private func enter(_ document: JSONDocument, _ body: () -> Void) {
        if document === file { return body() }
        let outer = (file, view, marks)
        visited[ObjectIdentifier(file)] = marks
        document.withView { inner in
            file = document
            view = inner
            marks =
                visited.removeValue(forKey: ObjectIdentifier(document))
                ?? [UInt32](repeating: 0, count: document.nodeCount)
            body()
            visited[ObjectIdentifier(document)] = marks
        }
        (file, view, marks) = outer
    }

    // MARK: - Objects

    /// Visits an object of the specification, once.
    func visitObject(_ index: Int, _ kind: ObjectKind) {
        let mark = UInt32(1) << UInt32(kind.rawValue)
        guard marks[index] & mark == 0 else { return }
        marks[index] |= mark
        let node = LintNode(located(index), NodeKind(kind))
        let table = tables[Int(kind.rawValue)]
        var mask = table.always
        var present: UInt64 = 0
        var reference: Int?
        forEachMember(of: index) { key, value in
            let hash = FieldHash.of(view.text(of: key))
            if hash == Self.referenceHash, view[value].kind == .string { reference = value }
            guard let slot = table.slot(hash) else { return }
            mask |= slot.mask
            if slot.field >= 0 { present |= 1 << UInt64(slot.field) }
        }
        if let reference { visitReference(index, reference, kind, isPermitted: kind == .schema || kind == .pathItem) }
        let isHidden = reference != nil && kind == .schema && !context.version.evaluatesReferenceSiblings
        if isHidden { return }
        show(node, mask, table)
        checkRequired(node, table, present, hasReference: reference != nil)
        context.lineage.append(node)
        descend(into: index, node.kind, table)
        context.lineage.removeLast()
    }

    /// Visits the members of an object.
    private func descend(into index: Int, _ kind: NodeKind, _ table: DispatchTable) {
        forEachMember(of: index) { key, value in
            let name = view.text(of: key)
            let hash = FieldHash.of(name)
            if hash == Self.descriptionHash || hash == Self.titleHash || hash == Self.summaryHash { showProse(value) }
            let slot = table.slot(hash)
            if let slot, slot.field >= 0 {
                let field = table.fields[Int(slot.field)]
                visit(value, as: field.form, field: field.name, in: kind)
            } else if slot?.isKnown != true, !Self.isExtension(name), hash != Self.referenceHash {
                visitUnknown(key, value, of: index, kind, table)
            }
        }
    }

    /// Visits the value of a member that the grammar does not know.
    private func visitUnknown(_ key: Int, _ value: Int, of index: Int, _ kind: NodeKind, _ table: DispatchTable) {
        if table.reportsUnknown, !structureRules.isEmpty {
            reportStructure(.unknown(among: table.knownNames), text(key), located(value), kind)
        }
        if kind != .schema { visitUnexplained(value, below: index) }
    }

    /// Visits the value of a field by its form.
    func visit(_ index: Int, as form: ValueForm, field: String, in kind: NodeKind) {
        switch form {
        case .anything: return
        case .string:
            if view[index].kind != .string { reportStructure(.form(form), field, located(index), kind) }
        case .boolean:
            if view[index].kind != .true, view[index].kind != .false {
                reportStructure(.form(form), field, located(index), kind)
            }
        case .strings: visitStrings(index, field, kind)
        case .object(let object): visitExpected(index, object, field, kind)
        case .reference(let object):
            if let reference = member(index, Self.referenceHash), view[reference].kind == .string {
                visitReference(index, reference, object, isPermitted: true)
            } else {
                visitExpected(index, object, field, kind)
            }
        case .list(let element):
            guard expect(.array, at: index, form, field, kind) else { return }
            forEachElement(of: index) { visit($0, as: element, field: field, in: kind) }
        case .map(let entry):
            guard expect(.object, at: index, form, field, kind) else { return }
            forEachMember(of: index) { key, value in
                if view[value].kind == .string, FieldHash.of(view.text(of: key)) == Self.referenceHash {
                    visitReference(index, value, nil, isPermitted: false)
                } else {
                    visit(value, as: entry, field: field, in: kind)
                }
            }
        case .headers:
            guard expect(.object, at: index, form, field, kind) else { return }
            forEachMember(of: index) { visit($1, as: .reference(.header), field: field, in: kind) }
        case .paths: visitMap(index, .paths, .object(.pathItem), field, kind)
        case .responses: visitMap(index, .responses, .reference(.response), field, kind)
        case .expressions: visitMap(index, .callback, .reference(.pathItem), field, kind)
        case .security: visitSecurity(index, field, kind)
        }
    }

    /// Visits what should be an object of a kind.
    private func visitExpected(_ index: Int, _ object: ObjectKind, _ field: String, _ kind: NodeKind) {
        if object == .callback { return visitMap(index, .callback, .reference(.pathItem), field, kind) }
        if object == .schema {
            switch view[index].kind {
            case .object: return visitObject(index, object)
            case .true, .false:
                // Every schema may be a boolean since 3.1.
                if context.version >= .version31 || field == "additionalProperties" { return }
            // Drafts before 2020-12 have lists of schemas here.
            case .array where field == "items":
                return forEachElement(of: index) { visitExpected($0, .schema, "", kind) }
            default: break
            }
        }
        guard expect(.object, at: index, .object(object), field, kind) else { return }
        visitObject(index, object)
    }

    /// Visits a map that is an object of the specification itself: its names are data.
    private func visitMap(_ index: Int, _ object: ObjectKind, _ entry: ValueForm, _ field: String, _ kind: NodeKind) {
        guard expect(.object, at: index, .object(object), field, kind) else { return }
        let mark = UInt32(1) << UInt32(object.rawValue)
        guard marks[index] & mark == 0 else { return }
        marks[index] |= mark
        let node = LintNode(located(index), NodeKind(object))
        let table = tables[Int(object.rawValue)]
        show(node, ~0, table)
        if let reference = member(index, Self.referenceHash), view[reference].kind == .string {
            visitReference(index, reference, object, isPermitted: object == .callback)
        }
        context.lineage.append(node)
        forEachMember(of: index) { key, value in
            let name = view.text(of: key)
            guard !Self.isExtension(name), FieldHash.of(name) != Self.referenceHash else { return }
            visit(value, as: entry, field: text(key), in: node.kind)
        }
        context.lineage.removeLast()
    }

    /// Visits an array of strings.
    private func visitStrings(_ index: Int, _ field: String, _ kind: NodeKind) {
        guard expect(.array, at: index, .strings, field, kind) else { return }
        forEachElement(of: index) { element in
            if view[element].kind != .string { reportStructure(.form(.string), field, located(element), kind) }
        }
    }

    /// Visits the requirements of `security`.
    private func visitSecurity(_ index: Int, _ field: String, _ kind: NodeKind) {
        guard expect(.array, at: index, .security, field, kind) else { return }
        let table = tables[Int(NodeKind.requirement.rawValue)]
        forEachElement(of: index) { element in
            guard expect(.object, at: element, .map(.strings), field, kind) else { return }
            show(LintNode(located(element), .requirement), ~0, table)
            forEachMember(of: element) { visitStrings($1, text($0), .requirement) }
        }
    }

    // MARK: - References

    /// Shows a reference, and has its target visited.
    func visitReference(_ index: Int, _ reference: Int, _ kind: ObjectKind?, isPermitted: Bool) {
        let table = tables[Int(NodeKind.reference.rawValue)]
        if table.isWatched {
            context.referencedKind = kind
            context.isReferencePermitted = isPermitted
            show(LintNode(located(index), .reference), ~0, table)
        }
        guard let kind, let target = context.document.target(of: located(reference)) else { return }
        guard queued.insert(TaskKey(value: target, kind: kind)).inserted else { return }
        tasks.append(
            Task(
                value: target, kind: kind, lineage: context.lineage,
                references: context.references + [located(reference)]))
    }

    // MARK: - Showing

    /// Shows a node to the rules of a mask.
    private func show(_ node: LintNode, _ mask: UInt128, _ table: DispatchTable) {
        var rest = mask
        while rest != 0 {
            let bit = rest.trailingZeroBitCount
            guard bit < table.rules.count else { break }
            rest &= rest - 1
            show(node, to: table.rules[bit])
        }
        for number in table.unmasked { show(node, to: number) }
    }

    /// Shows a node to a rule.
    private func show(_ node: LintNode, to number: Int) {
        context.current = configured[number]
        rules[number].visit(node, context)
    }

    /// Shows a text that people read.
    private func showProse(_ index: Int) {
        let table = tables[Int(NodeKind.prose.rawValue)]
        guard table.isWatched, view[index].kind == .string else { return }
        show(LintNode(located(index), .prose), ~0, table)
    }

    /// Reports fields that an object must have.
    private func checkRequired(_ node: LintNode, _ table: DispatchTable, _ present: UInt64, hasReference: Bool) {
        guard !structureRules.isEmpty, !hasReference, !context.isUnexplained else { return }
        for (number, field) in table.fields.enumerated() where field.isRequired && present & (1 << UInt64(number)) == 0
        {
            reportStructure(.missing, field.name, node.value, node.kind)
        }
    }

    /// Has a problem of structure looked at.
    func reportStructure(_ fault: StructureProblem.Fault, _ name: String, _ value: JSONValue, _ kind: NodeKind) {
        guard !context.isUnexplained else { return }
        let problem = StructureProblem(fault: fault, name: name, value: value, kind: kind)
        for number in structureRules {
            context.current = configured[number]
            rules[number].visit(problem, context)
        }
    }

    /// Whether a node has a kind; one that has not is a problem, and taken for what it looks like.
    private func expect(
        _ kind: JSONKind, at index: Int, _ form: ValueForm, _ field: String, _ outer: NodeKind
    ) -> Bool {
        if view[index].kind == kind { return true }
        reportStructure(.form(form), field, located(index), outer)
        visitUnexplained(index, below: nil)
        return false
    }

    /// Says that what is visited meanwhile is only taken for what it looks like.
    func unexplained(_ body: () -> Void) {
        let outer = context.isUnexplained
        context.isUnexplained = true
        body()
        context.isUnexplained = outer
    }

    // MARK: - The tape

    /// A node of the file as a value.
    func located(_ index: Int) -> JSONValue { JSONValue(document: file, index: index) }

    /// The text of a string.
    func text(_ index: Int) -> String { String(decoding: view.text(of: index), as: UTF8.self) }

    /// The value of a member by the hash of its name.
    func member(_ index: Int, _ hash: UInt64) -> Int? {
        guard view[index].kind == .object else { return nil }
        let end = Int(view[index].next)
        var key = index + 1
        while key < end {
            if FieldHash.of(view.text(of: key)) == hash { return key + 1 }
            key = Int(view[key + 1].next)
        }
        return nil
    }

    /// Calls a function with the names and values of an object; nothing for other nodes.
    func forEachMember(of index: Int, _ body: (Int, Int) -> Void) {
        guard view[index].kind == .object else { return }
        let end = Int(view[index].next)
        var key = index + 1
        while key < end {
            body(key, key + 1)
            key = Int(view[key + 1].next)
        }
    }

    /// Calls a function with the elements of an array; nothing for other nodes.
    func forEachElement(of index: Int, _ body: (Int) -> Void) {
        guard view[index].kind == .array else { return }
        let end = Int(view[index].next)
        var element = index + 1
        while element < end {
            body(element)
            element = Int(view[element].next)
        }
    }

    /// Whether a name is that of a specification extension.
    static func isExtension(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count >= 2 && name[0] == UInt8(ascii: "x") && name[1] == UInt8(ascii: "-")
    }

    /// The hash of `$ref`.
    static let referenceHash = FieldHash.of("$ref")
    /// The hash of `description`.
    private static let descriptionHash = FieldHash.of("description")
    /// The hash of `title`.
    private static let titleHash = FieldHash.of("title")
    /// The hash of `summary`.
    private static let summaryHash = FieldHash.of("summary")
}
