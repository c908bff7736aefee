/// The paths that machines are told: relative to the root of the checkout, with `/`, without `.` and `..`.
///
/// CI systems match a path with the files of a change. They know neither the directory in which the command ran nor the
/// one in which a runner keeps the checkout.
package struct ReportPaths: Sendable {
    /// The absolute directory that relative paths start from; empty where paths are to stay as they are.
    private let current: [Substring]

    /// The absolute directory that paths are told relative to.
    private let root: [Substring]

    /// Makes the rule for paths.
    ///
    /// - Parameters:
    ///   - currentDirectory: The absolute directory that relative paths start from; empty when it is not known.
    ///   - root: The absolute directory of the checkout; nil when it is the current directory.
    package init(currentDirectory: String = "", root: String? = nil) {
        current = Self.segments(of: currentDirectory)
        self.root = root.map { Self.segments(of: $0) } ?? current
    }

    /// The path that a machine is told for a source of a finding.
    ///
    /// - Parameter source: A path as the user wrote it, `git:REVISION:PATH`, or a name such as `<stdin>`.
    /// - Returns: A path relative to the root where it lies below it, else an absolute one. Names stay as they are.
    package func told(_ source: String) -> String {
        guard !source.hasPrefix("<"), !Self.isAddress(source) else { return source }
        let path = Self.withoutRevision(source)
        let absolute = path.hasPrefix("/") ? Self.segments(of: path) : Self.segments(of: path, from: current)
        let isKnown = !current.isEmpty || !root.isEmpty
        if isKnown || !path.hasPrefix("/"), absolute.starts(with: root), absolute.count > root.count {
            return absolute.dropFirst(root.count).joined(separator: "/")
        }
        // Without a current directory a relative path has nothing to stand on, and stays relative.
        return (path.hasPrefix("/") || !current.isEmpty ? "/" : "") + absolute.joined(separator: "/")
    }

    /// The URI reference (RFC 3986) that a machine is told for a source of a finding: relative below the root, else
    /// with the scheme `file`.
    package func uri(_ source: String) -> String {
        guard !Self.isAddress(source) else { return source }
        let path = told(source)
        return (path.hasPrefix("/") ? "file://" : "") + Self.encoded(path)
    }

    /// Whether a source is an absolute URI with an authority (RFC 3986 section 3.1) of which nothing needs encoding.
    private static func isAddress(_ source: String) -> Bool {
        guard source.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let colon = source.firstRange(of: "://") else {
            return false
        }
        let scheme = source[..<colon.lowerBound]
        return !scheme.isEmpty && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    /// The path inside a revision of a repository: `git:HEAD:specs/a.yaml` is the file `specs/a.yaml`.
    private static func withoutRevision(_ source: String) -> Substring {
        guard source.hasPrefix("git:") else { return source[...] }
        let parts = source.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? parts[2] : source[...]
    }

    /// The segments of a path below a start, `.` and `..` taken out. Above the root of the file system there is nothing; a
    /// relative path without a start keeps the `..` at its head.
    private static func segments(of path: some StringProtocol, from start: [Substring] = []) -> [Substring] {
        let isAbsolute = !start.isEmpty || path.hasPrefix("/")
        var result = start
        for segment in path.split(separator: "/") where segment != "." {
            if segment != ".." {
                result.append(Substring(segment))
            } else if let last = result.last, last != ".." {
                result.removeLast()
            } else if !isAbsolute {
                result.append("..")
            }
        }
        return result
    }

    /// A path as part of a URI. RFC 3986 section 3.3: what is no `pchar` is percent-encoded; so is the colon, which the
    /// first segment of a relative reference cannot hold (section 4.2).
    private static func encoded(_ path: String) -> String {
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                bytes.append(byte)
            case _ where "-._~/!$&'()*+,;=@".utf8.contains(byte): bytes.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
