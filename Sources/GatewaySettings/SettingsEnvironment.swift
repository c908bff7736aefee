import Glibc

/// What settings need from the outside: files, environment variables, the number of cores. Tests put their own in
/// place.
package struct SettingsEnvironment: Sendable {
    /// The names in a folder, or the reason why it cannot be read.
    package var listFolder: @Sendable (_ path: String) -> Result<[String], SettingsFileError>
    /// The content of a file, or the reason why it cannot be read.
    package var readFile: @Sendable (_ path: String) -> Result<[UInt8], SettingsFileError>
    /// Whether a path names a file that can be read.
    package var isReadable: @Sendable (_ path: String) -> Bool
    /// The value of an environment variable, nil where it is not set.
    package var variable: @Sendable (_ name: String) -> String?
    /// What `workers: auto` stands for; at least 1.
    package var processorCount: Int

    /// Largest file that is read, in bytes.
    package static let maximumFileSize = 16 * 1024 * 1024

    /// States an environment.
    package init(
        listFolder: @escaping @Sendable (String) -> Result<[String], SettingsFileError>,
        readFile: @escaping @Sendable (String) -> Result<[UInt8], SettingsFileError>,
        isReadable: @escaping @Sendable (String) -> Bool,
        variable: @escaping @Sendable (String) -> String?,
        processorCount: Int
    ) {
        self.listFolder = listFolder
        self.readFile = readFile
        self.isReadable = isReadable
        self.variable = variable
        self.processorCount = processorCount
    }

    /// The real one: this process' files, variables and cores.
    package static var process: SettingsEnvironment {
        SettingsEnvironment(
            listFolder: { path in
                guard let folder = opendir(path) else { return .failure(SettingsFileError(errno)) }
                defer { closedir(folder) }
                var names: [String] = []
                while let entry = readdir(folder) {
                    let name = withUnsafeBytes(of: entry.pointee.d_name) {
                        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                    }
                    if name != ".", name != ".." { names.append(name) }
                }
                return .success(names)
            },
            readFile: { readWholeFile($0) },
            isReadable: { path in
                var status = stat()
                return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, R_OK) == 0
            },
            variable: { name in getenv(name).map { String(cString: $0) } },
            processorCount: availableProcessors())
    }

    /// Reads a regular file up to `maximumFileSize`.
    private static func readWholeFile(_ path: String) -> Result<[UInt8], SettingsFileError> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(SettingsFileError(errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return .success(bytes) }
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(SettingsFileError(errno))
            }
            guard bytes.count + count <= maximumFileSize else {
                return .failure(SettingsFileError(reason: "it is larger than 16 MiB"))
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// The cores that this process may run on: the affinity mask, and no more than the control group's CPU quota
    /// (rounded up).
    private static func availableProcessors() -> Int {
        // The quota file reads "QUOTA PERIOD" in microseconds, or "max PERIOD" where there is no quota.
        let quota = words("/sys/fs/cgroup/cpu.max").compactMap { Int($0) }
        let status = words("/proc/self/status")
        var allowed = 0
        if let label = status.firstIndex(of: "Cpus_allowed:"), label + 1 < status.count {
            // Hexadecimal digits of a bit mask, in groups with commas between them.
            allowed = status[label + 1].compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
        }
        if allowed == 0 { allowed = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
        guard quota.count == 2, quota[0] > 0, quota[1] > 0 else { return max(1, allowed) }
        return max(1, min(allowed, (quota[0] - 1) / quota[1] + 1))
    }

    /// The words of a file of the system; none where it cannot be read.
    private static func words(_ path: String) -> [Substring] {
        guard let bytes = try? readWholeFile(path).get() else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    }
}

/// Why a file or folder could not be read.
package struct SettingsFileError: Error, Sendable {
    /// The reason in words, without the path.
    package let reason: String

    /// States a reason.
    package init(reason: String) {
        self.reason = reason
    }

    /// The reason of an error number of the system.
    package init(_ number: Int32) {
        reason = strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
    }
}

/// Paths as text: joined and without `.` and `..`, the way references between documents are resolved.
enum SettingsPath {
    /// A path relative to the folder of a file.
    ///
    /// - Parameters:
    ///   - path: relative, or absolute, which stands for itself.
    ///   - file: path of the file in which it is written.
    static func resolve(_ path: String, besideFile file: String) -> String {
        if path.hasPrefix("/") { return normalize(path) }
        guard let slash = file.lastIndex(of: "/") else { return normalize(path) }
        return normalize(file[...slash] + path)
    }

    /// A name in a folder.
    static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// A path without empty, `.` and inner `..` segments.
    static func normalize(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: true) where segment != "." {
            if segment == "..", let last = segments.last, last != ".." {
                segments.removeLast()
            } else if segment != ".." || !path.hasPrefix("/") {
                segments.append(segment)
            }
        }
        let joined = segments.joined(separator: "/")
        if path.hasPrefix("/") { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }
}
