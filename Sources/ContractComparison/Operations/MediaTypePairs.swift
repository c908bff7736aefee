/// A media type or a range of them, as keys of `content` write it. RFC 9110 §8.3.1, §12.5.1.
struct MediaTypeName: Hashable {
    /// Type and subtype, in small letters.
    let essence: String
    /// The parameters, in small letters and without spaces.
    let parameters: Set<String>

    /// Reads a name.
    init(_ text: String) {
        let parts: [String] = text.lowercased().split(separator: ";").map { part in
            String(part.filter { $0 != " " && $0 != "\t" })
        }
        essence = parts.first ?? ""
        parameters = Set(parts.dropFirst())
    }

    /// Whether who takes this takes the other as well: `application/*` and `application/json`, `application/json` and
    /// `application/problem+json` (RFC 6839 §3.1).
    func admits(_ other: MediaTypeName) -> Bool {
        if essence == other.essence || essence == "*/*" { return true }
        let one = essence.split(separator: "/", maxSplits: 1)
        let two = other.essence.split(separator: "/", maxSplits: 1)
        guard one.count == 2, two.count == 2, one[0] == two[0] else { return false }
        return one[1] == "*" || two[1].hasSuffix("+\(one[1])")
    }
}

/// The media types of two lists beside each other.
struct MediaTypePairs {
    /// Those of both lists.
    private(set) var same: [(DescribedOperation.Content, DescribedOperation.Content)] = []
    /// Those that are gone.
    private(set) var removed: [DescribedOperation.Content] = []
    /// New ones.
    private(set) var added: [DescribedOperation.Content] = []

    /// Matches two lists by name.
    init(_ old: [DescribedOperation.Content], _ new: [DescribedOperation.Content]) {
        added = new
        for content in old {
            let name = MediaTypeName(content.mediaType)
            if let place = added.firstIndex(where: { MediaTypeName($0.mediaType) == name }) {
                same.append((content, added.remove(at: place)))
            } else {
                removed.append(content)
            }
        }
    }

    /// Takes out pairs of which one name admits the other: the same content under a finer or coarser name.
    mutating func takeRenamed() -> [(DescribedOperation.Content, DescribedOperation.Content)] {
        var renamed: [(DescribedOperation.Content, DescribedOperation.Content)] = []
        removed.removeAll { content in
            let name = MediaTypeName(content.mediaType)
            let place = added.firstIndex { candidate in
                let other = MediaTypeName(candidate.mediaType)
                return name.admits(other) || other.admits(name)
            }
            guard let place else { return false }
            renamed.append((content, added.remove(at: place)))
            return true
        }
        return renamed
    }
}
