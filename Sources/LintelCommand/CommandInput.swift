import Glibc
import SourceDiagnostics

/// Reading what a command line names: files, pipes, and standard input as `-`.
enum CommandInput {
    /// Why something could not be read.
    struct Failure: Error {
        /// The sentence for the terminal.
        let message: String
    }

    /// All bytes of a file, under the name that was given.
    static func file(_ path: String) throws(Failure) -> SourceFile {
        guard path != "-" else {
            return SourceFile(path: "<stdin>", bytes: try bytes(of: STDIN_FILENO, path))
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        return SourceFile(path: path, bytes: try bytes(of: descriptor, path))
    }

    /// All bytes up to the end of a file or pipe.
    private static func bytes(of descriptor: Int32, _ path: String) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { return bytes }
            bytes += block[..<count]
        }
    }

    /// The system's reason.
    private static func failure(_ path: String) -> Failure {
        let reason = strerror(errno).flatMap { String(validatingCString: $0) } ?? "error \(errno)"
        return Failure(message: "cannot read \(path): \(reason)")
    }

    /// The absolute path of a file with links followed; the path itself where there is none.
    static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(validatingCString: resolved) ?? path
    }

    /// Whether something is there.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a path leads to a folder.
    static func isFolder(_ path: String) -> Bool {
        var entry = stat()
        return stat(path, &entry) == 0 && entry.st_mode & S_IFMT == S_IFDIR
    }
}
