import JSONDocuments
import PatternMatching

/// Compiled schemas: flat tables that two executors read.
///
/// `accepts` answers yes or no and allocates nothing once its workspace is warm; `violations` tells what is wrong and
/// where. Both give the same answer for every value (the conformance tests hold them to it). Immutable, shared by all
/// threads.
///
///     entry → header → steps for the value's kind → headers of properties, items, branches → …
package final class SchemaProgram: Sendable {
    /// Marks the absence of a schema.
    package static let noSchema = UInt32.max

    /// The memory that the executors read.
    // SAFETY: written in `init` before any reference is shared, never changed, freed in `deinit` only.
    nonisolated(unsafe) let tables: ProgramTables
    /// Values of `enum` and `const`.
    let constants: JSONTape
    /// Keywords, for messages.
    let locations: [SchemaLocation]
    /// Documents, for messages.
    let sources: [SchemaSource]
    /// Owners of what `tables.patterns` points to.
    let patterns: [Pattern]

    /// Number of schemas.
    package var schemaCount: Int { tables.headerCount }
    /// Number of steps.
    package let instructionCount: Int
    /// Number of divisors, the only values in the tables that hold references.
    private let divisorCount: Int

    /// Copies a finished program.
    /// - Parameter parts: What the compiler built; its indices must be right.
    package init(_ parts: consuming ProgramParts) {
        patterns = parts.patterns
        locations = parts.locations
        sources = parts.sources
        instructionCount = parts.instructions.count
        divisorCount = parts.divisors.count
        tables = ProgramTables(
            headers: Self.copy(parts.headers), headerCount: parts.headers.count,
            instructions: Self.copy(parts.instructions), schemaLists: Self.copy(parts.schemaLists),
            names: Self.copy(parts.names), slots: Self.copy(parts.slots), texts: Self.copy(parts.texts),
            objects: Self.copy(parts.objects), patternProperties: Self.copy(parts.patternProperties),
            contains: Self.copy(parts.contains), dependencies: Self.copy(parts.dependencies),
            enumerations: Self.copy(parts.enumerations), choices: Self.copy(parts.choices),
            numbers: Self.copy(parts.numbers),
            divisors: Self.copyValues(parts.divisors), patterns: Self.copy(parts.patterns.map(\.handle)))
        constants = parts.constants
    }

    deinit {
        tables.headers.deallocate()
        tables.instructions.deallocate()
        tables.schemaLists.deallocate()
        tables.names.deallocate()
        tables.slots.deallocate()
        tables.texts.deallocate()
        tables.objects.deallocate()
        tables.patternProperties.deallocate()
        tables.contains.deallocate()
        tables.dependencies.deallocate()
        tables.enumerations.deallocate()
        tables.choices.deallocate()
        tables.numbers.deallocate()
        UnsafeMutablePointer(mutating: tables.divisors).deinitialize(count: divisorCount)
        tables.divisors.deallocate()
        tables.patterns.deallocate()
    }

    /// Copies an array into memory of its own; plain values only, nothing is ever deinitialised.
    private static func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
        copyValues(elements)
    }

    /// Copies an array into memory of its own; who asked deinitialises the elements.
    private static func copyValues<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(elements.count, 1))
        _ = buffer.initialize(from: elements)
        // The capacity is at least one, so there is a base address.
        guard let base = buffer.baseAddress else { return UnsafePointer(UnsafeMutablePointer.allocate(capacity: 1)) }
        return UnsafePointer(base)
    }

    /// Whether a value keeps a schema.
    /// - Parameters:
    ///   - entry: The schema.
    ///   - view: The document that holds the value.
    ///   - node: The value's node.
    ///   - workspace: The thread's own memory; grows with the largest value and is reused.
    /// - Returns: `undecided` where a limit was hit: the caller refuses the value.
    /// - Complexity: Bounded by `EvaluationLimits`, in proportion to the value. No allocation once the workspace has
    ///   grown, but for the formats `regex` and `idn-*`, contents of draft 7, and patterns that only the backtracking
    ///   machine can run.
    package func accepts(
        _ entry: SchemaEntry, _ view: JSONView, at node: Int = 0, using workspace: inout EvaluationWorkspace
    ) -> Verdict {
        guard Int(entry.index) < tables.headerCount, node >= 0, node < view.count else {
            assertionFailure("an entry of another program, or a node outside of the document")
            return .undecided(.depth)
        }
        return constants.withView { constants in
            withUnsafeMutablePointer(to: &workspace) { workspace in
                var acceptor = Acceptor(tables, view, constants, workspace)
                let result = acceptor.check(entry.index, node)
                if let reason = acceptor.halted { return .undecided(reason) }
                return result ? .valid : .invalid
            }
        }
    }

    /// What is wrong with a value.
    /// - Parameters:
    ///   - entry: The schema.
    ///   - view: The document that holds the value.
    ///   - node: The value's node; instance pointers begin there.
    ///   - limit: Most violations to return.
    ///   - echoesValues: Whether messages may repeat values of the message; names are always repeated.
    /// - Returns: Nothing for a valid value; a violation of the keyword `limit` where `accepts` is undecided.
    package func violations(
        _ entry: SchemaEntry, _ view: JSONView, at node: Int = 0, limit: Int, echoesValues: Bool = false
    ) -> [SchemaViolation] {
        guard Int(entry.index) < tables.headerCount, node >= 0, node < view.count else {
            assertionFailure("an entry of another program, or a node outside of the document")
            return [.undecided(.depth)]
        }
        return constants.withView { constants in
            var explainer = Explainer(self, view, constants, root: node, limit: limit, echoesValues: echoesValues)
            return explainer.explain(entry.index)
        }
    }

    /// What is wrong with a value about which `accepts` has just spoken: where it hit a limit, that is the answer, and
    /// the slower executor does not run into the same limit again.
    package func violations(
        _ entry: SchemaEntry, _ view: JSONView, after verdict: Verdict, limit: Int, echoesValues: Bool = false
    ) -> [SchemaViolation] {
        if case .undecided(let reason) = verdict { return [.undecided(reason)] }
        return violations(entry, view, limit: limit, echoesValues: echoesValues)
    }
}
