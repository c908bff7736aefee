import JSONDocuments
import OpenAPIDocuments

/// A place where a document is not what the specification's grammar says.
package struct StructureProblem: Sendable {
    /// What is wrong.
    package enum Fault: Sendable {
        /// The value is not of the form that the field `name` has.
        case form(ValueForm)
        /// The required field `name` is absent.
        case missing
        /// The object has no field `name`; these it has.
        case unknown(among: [String])
    }

    /// What is wrong.
    package let fault: Fault
    /// The name of the field.
    package let name: String
    /// The value at fault; where a field is absent, the object that lacks it; for an unknown field, its value.
    package let value: JSONValue
    /// The kind of the object; for a value of the wrong form, of the object around it.
    package let kind: NodeKind
}
