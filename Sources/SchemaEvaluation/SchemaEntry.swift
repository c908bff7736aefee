/// The place in a program where the evaluation of one schema begins.
///
/// Only the compiler that built a program makes entries of it; an entry of another program is refused (`undecided`).
package struct SchemaEntry: Sendable, Hashable {
    /// Index of the schema's header in the program.
    package let index: UInt32

    /// An entry for a header.
    /// - Parameter index: Index of the header.
    package init(index: UInt32) { self.index = index }
}
