/// Why a text is no JSONPath that can be run.
package struct JSONPathError: Error, Sendable, Equatable {
    /// Where in the text, counted in Unicode scalars from 0.
    package let position: Int
    /// What is wrong, a sentence without a period.
    package let message: String

    /// An error.
    package init(at position: Int, _ message: String) {
        self.position = position
        self.message = message
    }
}
