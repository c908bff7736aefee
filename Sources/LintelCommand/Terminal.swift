import Glibc
import SourceDiagnostics

/// One of the process' output streams, with the manners of a terminal program: colours only where a person reads.
struct Terminal {
    /// Where findings go.
    static let output = Terminal(descriptor: STDOUT_FILENO)
    /// Where progress and logs go.
    static let error = Terminal(descriptor: STDERR_FILENO)

    /// The file descriptor.
    let descriptor: Int32

    /// Whether colours may be used: a terminal, and `NO_COLOR` not set (no-color.org).
    var usesColor: Bool { isatty(descriptor) == 1 && getenv("NO_COLOR") == nil }

    /// Writes a line.
    func write(_ line: String) {
        writePart(line.utf8.last == UInt8(ascii: "\n") ? line : line + "\n")
    }

    /// Writes text as it is.
    func writePart(_ text: String) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            offset += written
        }
    }

    /// Writes text in bold where colours may be used.
    func bold(_ text: String) -> String { usesColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    /// Writes diagnostics, the most useful form for who reads: excerpts on a terminal, one line each elsewhere.
    func write(_ diagnostics: [Diagnostic]) {
        let renderer = DiagnosticRenderer(form: usesColor ? .excerpts : .lines, isColored: usesColor)
        for diagnostic in diagnostics { write(renderer.render(diagnostic)) }
    }
}
