import JSONDocuments
import OpenAPIDocuments
import SchemaEvaluation

/// How a schema's values lie in XML (OpenAPI 3.2 §4.26, the XML Object), as rows that refer to one another by index, so
/// that schemas may contain themselves.
struct XMLPlan: Sendable {
    /// A property and its row.
    struct Member: Sendable {
        /// The property's name.
        let name: [UInt8]
        /// The row of its schema.
        let row: Int
    }

    /// What one schema says.
    struct Row: Sendable {
        /// The types that the type search found.
        var types = TypeSet.all
        /// Whether any `type` was found.
        var isTyped = false
        /// `xml.name`.
        var name: [UInt8]?
        /// `xml.attribute`, or `nodeType: attribute`.
        var isAttribute = false
        /// `xml.wrapped`, or `nodeType: element` of an array.
        var isWrapped = false
        /// `nodeType: text` or `cdata`.
        var isText = false
        /// Declared properties.
        var members: [Member] = []
        /// The row of items; -1 without one.
        var items = -1

        /// Whether values may be objects.
        var isObject: Bool { isTyped ? types.contains(.object) : !members.isEmpty }
        /// Whether values may be arrays.
        var isArray: Bool {
            isTyped ? types.contains(.array) && !types.contains(.object) : items >= 0 && members.isEmpty
        }
    }

    /// The rows; the root is the first.
    fileprivate(set) var rows: [Row] = []
}

/// Makes plans.
struct XMLPlanBuilder {
    /// The version whose rules hold.
    private let version: OpenAPIVersion
    /// Where references lead.
    private let references: ReferenceTable
    /// The plan so far.
    private var plan = XMLPlan()
    /// Rows by schemas that hold together.
    private var known: [[JSONValue]: Int] = [:]

    /// Makes the plan of a schema.
    static func plan(of schema: JSONValue, version: OpenAPIVersion, references: ReferenceTable) -> XMLPlan {
        var builder = XMLPlanBuilder(version: version, references: references)
        _ = builder.row(of: [schema])
        return builder.plan
    }

    /// Starts without rows.
    private init(version: OpenAPIVersion, references: ReferenceTable) {
        self.version = version
        self.references = references
    }

    /// The row of schemas that hold together; rows stand before their children are known.
    private mutating func row(of schemas: [JSONValue]) -> Int {
        if let index = known[schemas] { return index }
        let index = plan.rows.count
        known[schemas] = index
        plan.rows.append(XMLPlan.Row())
        guard index < 10_000 else { return index }
        var parts: [JSONValue] = []
        var seen: Set<JSONValue> = []
        for schema in schemas {
            SchemaConjunction.flatten(schema, version: version, references: references, into: &parts, seen: &seen)
        }
        var row = XMLPlan.Row()
        var items: [JSONValue] = []
        var names: [[UInt8]] = []
        var members: [[UInt8]: [JSONValue]] = [:]
        for part in parts {
            if let types = SchemaConjunction.types(of: part) {
                row.types.formIntersection(types)
                row.isTyped = true
            }
            if let xml = part["xml"] { Self.read(xml, into: &row) }
            if let schema = part["items"], schema.kind == .object { items.append(schema) }
            for member in (part["properties"]?.members).map(Array.init) ?? [] {
                let name = Array(member.name.utf8)
                if members[name] == nil { names.append(name) }
                members[name, default: []].append(member.value)
            }
        }
        if !items.isEmpty { row.items = self.row(of: items) }
        for name in names { row.members.append(XMLPlan.Member(name: name, row: self.row(of: members[name] ?? []))) }
        plan.rows[index] = row
        return index
    }

    /// The XML Object.
    private static func read(_ xml: JSONValue, into row: inout XMLPlan.Row) {
        if let name = xml["name"]?.string { row.name = Array(name.utf8) }
        switch xml["nodeType"]?.string {
        case "attribute": row.isAttribute = true
        case "text", "cdata": row.isText = true
        case "element": row.isWrapped = true
        default: break
        }
        if xml["attribute"]?.bool == true { row.isAttribute = true }
        if xml["wrapped"]?.bool == true { row.isWrapped = true }
    }
}

/// Writing XML onto the tape.
extension ContractWorkspace {
    /// Writes the document that was parsed.
    mutating func writeXML(_ plan: XMLPlan, _ choice: inout ReadingChoice) throws(ReadFault) {
        guard let tree = xml, let root = tree.elements.first, let row = plan.rows.first else { throw .unreadable }
        if let name = row.name, name != root.name { throw .rootElement }
        try writeElement(0, 0, tree, plan, &choice)
    }

    /// Writes the value of an element; row -1 knows nothing about it.
    private mutating func writeElement(
        _ index: Int, _ row: Int, _ tree: XMLTree, _ plan: XMLPlan, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        let element = tree.elements[index]
        let rule = row >= 0 ? plan.rows[row] : XMLPlan.Row()
        if rule.isArray {
            tape.beginArray()
            for child in element.children { try writeElement(child, rule.items, tree, plan, &choice) }
            return tape.endArray()
        }
        let hasStructure = !element.children.isEmpty || !element.attributes.isEmpty
        if rule.isObject || hasStructure { return try writeObject(element, rule, tree, plan, &choice) }
        writeXMLText(element.text, rule, &choice)
    }

    /// Writes text as a scalar.
    private mutating func writeXMLText(_ text: [UInt8], _ rule: XMLPlan.Row, _ choice: inout ReadingChoice) {
        text.withUnsafeBytes { appendScalar($0, types: rule.types, &choice) }
    }

    /// Writes an element as an object: attributes and elements of declared properties first, then everything else, so
    /// that `additionalProperties` sees it.
    private mutating func writeObject(
        _ element: XMLTree.Element, _ rule: XMLPlan.Row, _ tree: XMLTree, _ plan: XMLPlan,
        _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        let object = tape.count
        tape.beginObject()
        var takenChildren: Set<Int> = []
        var takenAttributes: Set<Int> = []
        var takesText = false
        for member in rule.members {
            let inner = plan.rows[member.row]
            let name = inner.name ?? member.name
            if inner.isAttribute {
                guard let found = element.attributes.firstIndex(where: { $0.name == name }) else { continue }
                takenAttributes.insert(found)
                appendKey(member.name)
                writeXMLText(element.attributes[found].value, inner, &choice)
            } else if inner.isText {
                takesText = true
                appendKey(member.name)
                writeXMLText(element.text, inner, &choice)
            } else if inner.isArray, !inner.isWrapped {
                let itemName = (inner.items >= 0 ? plan.rows[inner.items].name : nil) ?? member.name
                let found = element.children.filter { tree.elements[$0].name == itemName }
                if found.isEmpty { continue }
                takenChildren.formUnion(found)
                appendKey(member.name)
                tape.beginArray()
                for child in found { try writeElement(child, inner.items, tree, plan, &choice) }
                tape.endArray()
            } else {
                let found = element.children.filter { tree.elements[$0].name == name }
                guard let first = found.first else { continue }
                guard found.count == 1 else { throw .repeatedMember }
                takenChildren.insert(first)
                appendKey(member.name)
                try writeElement(first, member.row, tree, plan, &choice)
            }
        }
        for (position, attribute) in element.attributes.enumerated() where !takenAttributes.contains(position) {
            appendKey(attribute.name)
            writeXMLText(attribute.value, XMLPlan.Row(), &choice)
        }
        try writeRest(element.children.filter { !takenChildren.contains($0) }, tree, plan, &choice)
        if !takesText, !element.text.allSatisfy(XMLReader.isBlank) {
            appendKey(Array("#text".utf8))
            writeXMLText(element.text, XMLPlan.Row(), &choice)
        }
        tape.endObject()
        if !tape.view.duplicateKeys(inObject: object, limit: 1).isEmpty { throw .repeatedMember }
    }

    /// Writes elements that no property declares; several of a name are an array.
    private mutating func writeRest(
        _ children: [Int], _ tree: XMLTree, _ plan: XMLPlan, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        var order: [[UInt8]] = []
        var groups: [[UInt8]: [Int]] = [:]
        for child in children {
            let name = tree.elements[child].name
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(child)
        }
        for name in order {
            let group = groups[name] ?? []
            appendKey(name)
            if group.count > 1 { tape.beginArray() }
            for child in group { try writeElement(child, -1, tree, plan, &choice) }
            if group.count > 1 { tape.endArray() }
        }
    }

    /// Appends the name of a member.
    private mutating func appendKey(_ name: [UInt8]) {
        name.withUnsafeBytes { tape.appendKey($0) }
    }
}
