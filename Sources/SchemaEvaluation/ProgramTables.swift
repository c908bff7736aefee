import JSONDocuments
import PatternMatching

/// The memory of a program as plain pointers: what the executors hold, without counting references.
///
/// Indices inside come from the compiler, never from a message.
struct ProgramTables {
    /// One header for each schema.
    let headers: UnsafePointer<SchemaHeader>
    /// Number of headers.
    let headerCount: Int
    /// The steps of all schemas.
    let instructions: UnsafePointer<Instruction>
    /// Lists of schemas.
    let schemaLists: UnsafePointer<UInt32>
    /// Names of all tables.
    let names: UnsafePointer<NameEntry>
    /// Slots of all tables.
    let slots: UnsafePointer<UInt32>
    /// Texts of names and numbers.
    let texts: UnsafePointer<UInt8>
    /// Object plans.
    let objects: UnsafePointer<ObjectPlan>
    /// Pattern properties.
    let patternProperties: UnsafePointer<PatternProperty>
    /// Contains plans.
    let contains: UnsafePointer<ContainsPlan>
    /// Dependency plans.
    let dependencies: UnsafePointer<DependencyPlan>
    /// Enumeration plans.
    let enumerations: UnsafePointer<EnumerationPlan>
    /// Choice plans.
    let choices: UnsafePointer<ChoicePlan>
    /// Bounds and divisors.
    let numbers: UnsafePointer<NumberConstant>
    /// Divisors, taken apart.
    let divisors: UnsafePointer<ExactNumber>
    /// Patterns.
    let patterns: UnsafePointer<PatternHandle>

    /// The bytes of a name.
    func text(of name: NameEntry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: texts + Int(name.offset), count: Int(name.length))
    }

    /// The literal of a number.
    func literal(of number: NumberConstant) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: texts + Int(number.offset), count: Int(number.length))
    }
}
