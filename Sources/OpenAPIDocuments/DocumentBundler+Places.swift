import JSONDocuments

/// Finding a place in the bundle for every target.
extension DocumentBundler {
    /// Places all targets.
    mutating func place() {
        placeReplacements()
        placeAliases()
        placeComponents()
    }

    /// Path items go where the main document refers to them; the first such place is theirs.
    private mutating func placeReplacements() {
        for (owner, target) in replacements.sorted(by: { $0.key.index < $1.key.index }) {
            put(target, at: owner.pointer)
        }
    }

    /// A component of the main document that is nothing but a reference to another file becomes its target.
    private mutating func placeAliases() {
        let paths = Set(ObjectKind.allCases.map { Self.section(of: $0, document.version) })
        for path in paths.sorted(by: { $0.joined() < $1.joined() }) {
            guard let section = document.root.value(at: JSONPointer(tokens: path)) else { continue }
            for member in section.members {
                guard member.value.kind == .object, member.value.count == 1, let reference = member.value["$ref"],
                    let target = leads[reference], !isMain(target), places[target] == nil,
                    Self.section(of: kinds[target] ?? .document, document.version) == path
                else { continue }
                replacements[member.value] = target
                put(target, at: JSONPointer(tokens: path + [member.name]))
            }
        }
    }

    /// Every other target that lies in no target becomes a component.
    private mutating func placeComponents() {
        var outer: [JSONValue] = []
        // Sorted by file and place: a target comes before what lies in it.
        for target in targets where places[target] == nil && holder(of: target) == nil {
            if let last = outer.last, last.document === target.document, target.index < Int(last.node.next) { continue }
            outer.append(target)
        }
        var taken: [[String]: Set<String>] = [:]
        for target in outer {
            let path = Self.section(of: kinds[target] ?? .schema, document.version)
            var names = taken[path] ?? []
            if taken[path] == nil {
                let existing = document.root.value(at: JSONPointer(tokens: path))
                names = Set((existing?.members).map { $0.map(\.name) } ?? [])
            }
            let name = Self.name(for: target, besides: names)
            names.insert(name)
            taken[path] = names
            put(target, at: JSONPointer(tokens: path + [name]))
            if let index = sections.firstIndex(where: { $0.path == path }) {
                sections[index].entries.append((name, target))
            } else {
                sections.append((path, [(name, target)]))
            }
        }
    }

    /// Notes a place.
    private mutating func put(_ target: JSONValue, at pointer: JSONPointer) {
        guard places[target] == nil else { return }
        places[target] = pointer
        placed[ObjectIdentifier(target.document), default: []].append(target)
    }

    /// The placed target that a node lies in.
    private func holder(of value: JSONValue) -> JSONValue? {
        placed[ObjectIdentifier(value.document)]?.first {
            $0.index <= value.index && value.index < Int($0.node.next)
        }
    }

    /// Where a node stands in the bundle; nil if it is not in it.
    func pointer(to value: JSONValue) -> JSONPointer? {
        if let known = places[value] { return known }
        if isMain(value) { return value.pointer }
        guard let holder = holder(of: value), let place = places[holder] else { return nil }
        let inner = value.pointer.tokens.dropFirst(holder.pointer.tokens.count)
        return JSONPointer(tokens: place.tokens + inner)
    }

    /// The name of a component: the last name on the way to the target in its file, else the name of the file; with the
    /// file before it, then a number behind it, where that is taken.
    private static func name(for target: JSONValue, besides taken: Set<String>) -> String {
        let path = target.document.file.path
        let fileName =
            path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path[...]
        let stem = fileName.utf8.firstIndex(of: UInt8(ascii: ".")).map { fileName[..<$0] } ?? fileName
        let file = sanitised(String(stem))
        let last = target.pointer.tokens.last { Int($0) == nil }.map { sanitised($0) }
        let first = last ?? file
        if !taken.contains(first) { return first }
        let long = last == nil ? first : file + "_" + first
        if !taken.contains(long) { return long }
        var number = 2
        while taken.contains("\(long)_\(number)") { number += 1 }
        return "\(long)_\(number)"
    }

    /// A name of the characters that names of components are made of (OpenAPI 3.1 §4.8.7: `^[a-zA-Z0-9\.\-_]+$`).
    private static func sanitised(_ text: String) -> String {
        let bytes = text.utf8.map { byte -> UInt8 in
            let isGood =
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
                || [0x2D, 0x2E, 0x5F].contains(byte)
            return isGood ? byte : 0x5F
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }
}
