import Glibc

/// How the loader reaches files, so that tests and bundles can serve documents from memory.
package struct DocumentFiles: Sendable {
    /// Why a file could not be had.
    package enum Failure: Error, Sendable, Equatable {
        /// No file has this name.
        case missing
        /// The file has more bytes than the limit.
        case tooLarge
        /// It exists but is no readable file; the text says why.
        case unreadable(String)
    }

    /// The absolute path with every symbolic link followed; nil if nothing is there.
    package var realPath: @Sendable (_ path: String) -> String?
    /// The bytes of the file at an absolute path that `realPath` returned, at most `limit` of them.
    package var read: @Sendable (_ path: String, _ limit: Int) -> Result<[UInt8], Failure>

    /// Takes both functions.
    package init(
        realPath: @escaping @Sendable (String) -> String?,
        read: @escaping @Sendable (String, Int) -> Result<[UInt8], Failure>
    ) {
        self.realPath = realPath
        self.read = read
    }

    /// The file system of this machine.
    package static let system = DocumentFiles(
        realPath: { path in
            guard let resolved = Glibc.realpath(path, nil) else { return nil }
            defer { free(resolved) }
            return String(validatingCString: resolved)
        },
        read: { path, limit in readFile(path, limit) })

    /// Files held in memory: absolute path to content. Paths are taken as they are.
    package static func memory(_ contents: [String: String]) -> DocumentFiles {
        DocumentFiles(
            realPath: { path in
                contents[path] == nil && !contents.keys.contains { $0.hasPrefix(path + "/") } ? nil : path
            },
            read: { path, limit in
                guard let text = contents[path] else { return .failure(.missing) }
                return text.utf8.count > limit ? .failure(.tooLarge) : .success(Array(text.utf8))
            })
    }

    /// Reads a regular file. Links in the last place are refused: the caller resolved them and checked where they lead.
    private static func readFile(_ path: String, _ limit: Int) -> Result<[UInt8], Failure> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(errno == ENOENT ? .missing : .unreadable(reason())) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(.unreadable(reason())) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failure(.unreadable("not a regular file")) }
        guard Int(status.st_size) <= limit else { return .failure(.tooLarge) }
        // One byte more than promised, to see a file that grew in between.
        let capacity = min(Int(status.st_size) + 1, limit + 1)
        var failure: Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            while count < capacity {
                let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), capacity - count)
                if got < 0 {
                    if errno == EINTR { continue }
                    failure = .unreadable(reason())
                    return
                }
                if got == 0 { return }
                count += got
            }
        }
        if let failure { return .failure(failure) }
        return bytes.count > limit ? .failure(.tooLarge) : .success(bytes)
    }

    /// The system's words for `errno`.
    private static func reason() -> String {
        String(validatingCString: strerror(errno)) ?? "error \(errno)"
    }
}

/// How much the loader takes in before it gives up.
package struct DocumentLimits: Sendable {
    /// Bytes of one file.
    package var fileSize = 64 << 20
    /// Files of one API description.
    package var files = 2000
    /// Bytes of all files together.
    package var totalSize = 256 << 20
    /// Diagnostics that are kept; further ones are counted only.
    package var diagnostics = 200

    /// The defaults.
    package init() {}
}
