import Glibc
import JSONDocuments
import SchemaEvaluation

/// Checks one JSON instance a line, and answers `true` or `false` a line: `lintel validate --jsonl`.
///
/// One program, one tape and one workspace serve all lines; nothing is allocated for a line once they have grown. Lines
/// are parsed where they were received. Answers are gathered and handed over whenever the input has no complete line
/// left, so that a partner that sends one line and waits gets its answer, and one that sends millions costs few writes.
package struct LineValidator: ~Copyable {
    /// How many lines there were.
    package struct Tally: Sendable, Equatable {
        /// Lines that keep the schema.
        package var valid = 0
        /// Lines that break it.
        package var invalid = 0
        /// Lines that are no JSON text; answered `false`.
        package var unreadable = 0

        /// Nothing yet.
        package init() {}

        /// Bad lines count most: 2; then broken ones: 1.
        package var exitCode: Int32 { unreadable > 0 ? 2 : invalid > 0 ? 1 : 0 }
    }

    /// The schema.
    private let schema: InstanceSchema
    /// The line's values.
    private var tape = JSONTape()
    /// The executor's memory.
    private var workspace = EvaluationWorkspace()
    /// Answers not handed over yet.
    private var answers: [UInt8] = []
    /// Bytes asked for at once, and the most answers that are gathered: 1 MiB.
    private static let blockSize = 1 << 20

    /// What was seen.
    package private(set) var tally = Tally()

    /// A validator.
    package init(_ schema: InstanceSchema) {
        self.schema = schema
        answers.reserveCapacity(Self.blockSize)
    }

    /// Reads lines until the input ends.
    ///
    /// - Parameters:
    ///   - read: Fills memory with the next bytes and says how many; 0 or less ends the input.
    ///   - write: Takes answers.
    ///   - complain: Is told the number of a line that is no JSON text, and why.
    package mutating func run(
        read: (UnsafeMutableRawBufferPointer) -> Int, write: ([UInt8]) -> Void,
        complain: (Int, JSONSyntaxError) -> Void
    ) {
        var buffer = [UInt8](repeating: 0, count: Self.blockSize)
        var filled = 0
        // Where the first line that is not complete begins, and up to where no line break is in it.
        var start = 0
        var searched = 0
        while true {
            if filled == buffer.count {
                if start > 0 {
                    buffer.withUnsafeMutableBytes { bytes in
                        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<filled]))
                    }
                    filled -= start
                    searched -= start
                    start = 0
                } else {
                    buffer.append(contentsOf: repeatElement(0, count: buffer.count))
                }
            }
            let count = buffer.withUnsafeMutableBytes { bytes in
                read(UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
            }
            guard count > 0 else { break }
            filled = min(filled + count, buffer.count)
            buffer.withUnsafeBytes { bytes in
                while let end = Self.lineBreak(in: bytes, searched, filled) {
                    check(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), complain)
                    start = end + 1
                    searched = start
                    if answers.count >= Self.blockSize - 8 { flush(write) }
                }
                searched = filled
            }
            if start == filled { (start, searched, filled) = (0, 0, 0) }
            flush(write)
        }
        if filled > start {
            buffer.withUnsafeBytes { check(UnsafeRawBufferPointer(rebasing: $0[start..<filled]), complain) }
        }
        flush(write)
    }

    /// Answers one line.
    private mutating func check(_ line: UnsafeRawBufferPointer, _ complain: (Int, JSONSyntaxError) -> Void) {
        var isValid = false
        do throws(JSONSyntaxError) {
            try tape.parse(line, limits: .document)
            isValid = schema.program.accepts(schema.entry, tape.view, using: &workspace) == .valid
            if isValid { tally.valid += 1 } else { tally.invalid += 1 }
        } catch {
            tally.unreadable += 1
            complain(tally.valid + tally.invalid + tally.unreadable, error)
        }
        answers.append(contentsOf: (isValid ? "true\n" : "false\n").utf8)
    }

    /// Hands the answers over.
    private mutating func flush(_ write: ([UInt8]) -> Void) {
        guard !answers.isEmpty else { return }
        write(answers)
        answers.removeAll(keepingCapacity: true)
    }

    /// The offset of the next line feed.
    private static func lineBreak(in bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int? {
        guard start < end, let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, end - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }
}
