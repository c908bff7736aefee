/// One way in which a value breaks a schema.
package struct SchemaViolation: Sendable, Equatable {
    /// Where in the value, from the node that was checked (RFC 6901).
    package let instancePointer: String
    /// The keyword that is broken: `minimum`, `required`; `limit` where the evaluation gave up.
    package let keyword: String
    /// Where the keyword stands in its document (RFC 6901).
    package let schemaPointer: String
    /// URI or path of the schema's document.
    package let schemaDocument: String
    /// What was expected and what was found; values of the message only if they were asked for.
    package let message: String

    /// A violation.
    package init(
        instancePointer: String, keyword: String, schemaPointer: String, schemaDocument: String, message: String
    ) {
        self.instancePointer = instancePointer
        self.keyword = keyword
        self.schemaPointer = schemaPointer
        self.schemaDocument = schemaDocument
        self.message = message
    }

    /// The violation that stands for a hit limit.
    static func undecided(_ reason: UndecidedReason, at pointer: String = "") -> SchemaViolation {
        let message =
            switch reason {
            case .pattern: "a pattern needs too many steps on this text"
            case .depth: "the value leads too deeply into the schema"
            case .steps: "the value needs too many steps to check"
            }
        return SchemaViolation(
            instancePointer: pointer, keyword: "limit", schemaPointer: "", schemaDocument: "", message: message)
    }
}
