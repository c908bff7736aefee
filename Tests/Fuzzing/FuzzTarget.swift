import Glibc

/// Something that reads bytes which others choose, and what must hold of it for every input.
///
/// A target is made once; libFuzzer then calls it some thousand times a second with inputs that reach new branches. It
/// keeps nothing between inputs that would change what the next one does, so that an input alone repeats a finding.
protocol FuzzTarget: Sendable {
    /// The name that `make fuzz TARGET=` takes.
    static var name: String { get }

    /// Prepares what all inputs share.
    init()

    /// Reads one input. Lies in memory of exactly its size, so that the address sanitizer sees a byte read too far.
    func run(_ input: UnsafeRawBufferPointer)
}

extension FuzzTarget {
    /// Stops the process with a finding unless a property holds.
    func hold(_ isKept: Bool, _ property: @autoclosure () -> String) {
        if isKept { return }
        var line = "\nPROPERTY BROKEN in \(Self.name): \(property())\n"
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        abort()
    }
}
