import SourceDiagnostics

/// Makes a ``RouteTable`` from definitions and tells everything that is wrong with them.
///
/// A definition with a fault is left out of the table; of two that are in conflict the first one stays, so that the
/// table is always usable for looking at. Whether it may serve is the caller's decision: any diagnostic is an error.
package struct RouteTableBuilder {
    /// A definition that was taken.
    private struct Entry {
        /// What was given.
        let definition: RouteDefinition

        /// The canonical mount.
        let mount: PathPrefix
    }

    /// The tries.
    private var draft = RouteDraft()

    /// The hosts in the order of their arrival, any host first.
    private var hosts: [RouteTableLayout.Host] = []

    /// Where a host lies in `hosts`.
    private var hostIndices: [HostPattern: Int] = [:]

    /// The definitions that were taken.
    private var entries: [Entry] = []

    /// The public places that were taken.
    private var places: [MountDefinition] = []

    /// The lengths of their prefixes.
    private var placeLengths: [Int] = []

    /// What is wrong so far.
    private var diagnostics: [Diagnostic] = []

    /// Pairs of definitions whose conflict is told already, on another host.
    private var told: Set<[Int]> = []

    /// Where templates stand whose faults are told already, for another operation.
    private var faultyTemplates: Set<SourceRange> = []

    /// Makes a builder without routes.
    package init() {
        _ = host(.any)
    }

    /// Adds an operation.
    ///
    /// - Parameter definition: The operation; what is wrong with it is told by ``build()``.
    package mutating func add(_ definition: RouteDefinition) {
        let patterns = patterns(definition.hosts, at: definition.range)
        let mount = prefix(definition.mount, at: definition.range)
        let isMethodWellFormed = isToken(definition.method)
        if !isMethodWellFormed {
            report("method-invalid", "`\(definition.method)` is no method name", at: definition.range)
        }
        switch PathTemplate.parse(definition.template) {
        case .failure(let faults):
            // The operations of one path share its template, and so its faults.
            if let range = definition.range, !faultyTemplates.insert(range).inserted { return }
            for fault in faults.all {
                report(fault.code, fault.message, at: narrowed(definition, to: fault.range))
            }
        case .success(let template):
            guard let mount, let patterns, isMethodWellFormed else { return }
            let segments = shapes(of: mount) + template.segments
            guard segments.count <= PathTemplate.maximumSegments else {
                return report(
                    "template-too-many-segments",
                    "mount and template have at most \(PathTemplate.maximumSegments) segments together",
                    at: definition.range)
            }
            entries.append(Entry(definition: definition, mount: mount))
            for pattern in patterns { add(entries.count - 1, segments, on: pattern, sample: template.sample) }
        }
    }

    /// Adds the public place of an API, for requests that no operation declares.
    ///
    /// - Parameter definition: The place; what is wrong with it is told by ``build()``.
    package mutating func add(_ definition: MountDefinition) {
        guard let patterns = patterns(definition.hosts, at: definition.range),
            let prefix = prefix(definition.prefix, at: definition.range)
        else { return }
        places.append(definition)
        placeLengths.append(prefix.bytes.count)
        for pattern in patterns {
            let node = draft.node(at: shapes(of: prefix), below: hosts[host(pattern)].mountRoot)
            guard let known = draft.nodes[node].mount else {
                draft.setMount(places.count - 1, at: node)
                continue
            }
            guard definition.takesUndeclared else { continue }
            let first = places[known]
            guard first.takesUndeclared else {
                draft.setMount(places.count - 1, at: node)
                continue
            }
            guard told.insert([-1, known, places.count - 1]).inserted else { continue }
            report(
                "mount-ambiguous",
                "`\(first.name)` and `\(definition.name)` both take what is undeclared at "
                    + "http://\(pattern.sample)\(prefix)",
                at: definition.range, notes: [.init("`\(first.name)` is here", at: first.range)])
        }
    }

    /// Makes the table.
    ///
    /// - Returns: The table without what is at fault, and the faults in the order of their discovery, all errors.
    ///   Codes: `route-duplicate`, `route-ambiguous`, `mount-ambiguous`, `mount-invalid`, `host-invalid`,
    ///   `method-invalid`, and `template-…` for what is wrong with a template. Conflicts name a URL that shows them.
    package func build() -> (RouteTable, [Diagnostic]) {
        var diagnostics = diagnostics
        var told = told
        for host in hosts {
            for ambiguity in RouteAmbiguities.search(draft, from: host.root)
            where told.insert([ambiguity.first, ambiguity.second]).inserted {
                diagnostics.append(diagnostic(of: ambiguity, on: host.pattern))
            }
        }
        var linked = hosts
        for index in linked.indices.dropFirst() { linked[index].next = nextWider(than: index) }
        let mounts = places.indices.map { index in
            RouteMount(id: UInt32(clamping: places[index].id.index), length: UInt32(clamping: placeLengths[index]))
        }
        let layout = RouteTableLayout(draft, hosts: linked, mounts: ContiguousArray(mounts)) { index in
            (
                id: UInt32(clamping: entries[index].definition.id.index),
                mountLength: UInt32(clamping: entries[index].mount.bytes.count)
            )
        }
        return (RouteTable(layout), diagnostics)
    }

    // MARK: Adding

    /// Adds a definition to the trie of one host.
    private mutating func add(_ entry: Int, _ segments: [SegmentShape], on pattern: HostPattern, sample: [UInt8]) {
        let definition = entries[entry].definition
        let node = draft.node(at: segments, below: hosts[host(pattern)].root)
        let operation = RouteDraft.Operation(method: definition.method, definition: entry)
        guard let known = draft.add(operation, at: node), told.insert([known.definition, entry]).inserted else {
            return
        }
        let first = entries[known.definition].definition
        let path = entries[entry].mount.bytes + sample
        report(
            "route-duplicate",
            "`\(first.name)` and `\(definition.name)` both answer \(definition.method) "
                + "http://\(pattern.sample)\(String(decoding: path, as: UTF8.self))",
            at: definition.range, notes: [.init("`\(first.name)` is declared here", at: first.range)])
    }

    /// The index of a host in `hosts`; a new one gets its roots.
    private mutating func host(_ pattern: HostPattern) -> Int {
        if let index = hostIndices[pattern] { return index }
        hosts.append(.init(pattern: pattern, root: draft.addRoot(), mountRoot: draft.addRoot()))
        hostIndices[pattern] = hosts.count - 1
        return hosts.count - 1
    }

    /// The narrowest of the hosts that are wider than one: by stripping labels, so it costs no more than the name is
    /// long.
    private func nextWider(than index: Int) -> Int {
        let name: [UInt8] =
            switch hosts[index].pattern {
            case .any: []
            case .name(let name), .below(let name): name
            }
        var rest = name[...]
        while let dot = rest.firstIndex(of: PathOctet.dot) {
            rest = rest[(dot + 1)...]
            if let wider = hostIndices[.below(Array(rest))] { return wider }
        }
        return 0
    }

    /// The literal segments of a prefix.
    private func shapes(of prefix: PathPrefix) -> [SegmentShape] {
        prefix.bytes.dropFirst().isEmpty
            ? []
            : prefix.bytes.dropFirst().split(separator: PathOctet.slash, omittingEmptySubsequences: false)
                .map { .literal(Array($0)) }
    }

    /// Reads hosts; none means any.
    private mutating func patterns(_ hosts: [String], at range: SourceRange?) -> [HostPattern]? {
        guard !hosts.isEmpty else { return [.any] }
        var result: [HostPattern] = []
        var isComplete = true
        for host in hosts {
            do {
                let pattern = try HostPattern.parse(host)
                if !result.contains(pattern) { result.append(pattern) }
            } catch {
                report("host-invalid", "`\(host)`: \(error.message)", at: range)
                isComplete = false
            }
        }
        return isComplete ? result : nil
    }

    /// Reads a mount.
    private mutating func prefix(_ text: String, at range: SourceRange?) -> PathPrefix? {
        do { return try PathPrefix(text) } catch {
            report("mount-invalid", "the mount `\(text)`: \(error.message)", at: range)
            return nil
        }
    }

    /// Whether a text is a token, as every method is (RFC 9110 section 5.6.2).
    private func isToken(_ text: String) -> Bool {
        let marks = "!#$%&'*+-.^_`|~".utf8
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || marks.contains(byte)
            }
    }

    // MARK: Telling

    /// Notes an error.
    private mutating func report(
        _ code: String, _ message: String, at range: SourceRange?, notes: [Diagnostic.Note] = []
    ) {
        diagnostics.append(Diagnostic(.error, code, message, at: range, notes: notes))
    }

    /// The diagnostic of two templates between which nothing decides.
    private func diagnostic(of ambiguity: RouteAmbiguities.Ambiguity, on pattern: HostPattern) -> Diagnostic {
        let first = entries[ambiguity.first].definition
        let second = entries[ambiguity.second].definition
        let path = String(decoding: ambiguity.path, as: UTF8.self)
        return Diagnostic(
            .error, "route-ambiguous",
            "`\(first.template)` and `\(second.template)` both match http://\(pattern.sample)\(path), "
                + "and neither has more literal text",
            at: second.range, notes: [.init("`\(first.template)` is declared here", at: first.range)])
    }

    /// The place of a stretch of a template in its document, or of the whole template where it is written with escapes.
    private func narrowed(_ definition: RouteDefinition, to part: Range<Int>) -> SourceRange? {
        guard let range = definition.range else { return nil }
        let written = range.file.bytes[range.lowerBound..<range.upperBound]
        let template = Array(definition.template.utf8)
        for quote in 0...1 where written.dropFirst(quote).starts(with: template) {
            let start = range.lowerBound + quote
            return SourceRange(
                file: range.file, lowerBound: start + part.lowerBound, upperBound: start + part.upperBound)
        }
        return range
    }
}
