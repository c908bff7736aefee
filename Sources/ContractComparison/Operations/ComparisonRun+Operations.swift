import JSONDocuments

/// Paths and operations: OpenAPI 3.2 §4.8, §4.9.
extension ComparisonRun {
    /// Compares all operations.
    func compareOperations() {
        let (old, new) = (paths(of: base), paths(of: revision))
        var free = new
        var pairs: [(old: DescribedPath, new: DescribedPath)] = []
        var left: [DescribedPath] = []
        let exact = Dictionary(new.enumerated().map { ($0.element.template, $0.offset) }, uniquingKeysWith: { $1 })
        let shapes = Dictionary(new.enumerated().map { ($0.element.shape, $0.offset) }, uniquingKeysWith: { $1 })
        var taken: Set<Int> = []
        for path in old {
            // Renaming an expression changes nothing that a client sends.
            if let place = exact[path.template] ?? shapes[path.shape], taken.insert(place).inserted {
                pairs.append((path, new[place]))
            } else {
                left.append(path)
            }
        }
        free = new.enumerated().filter { !taken.contains($0.offset) }.map(\.element)
        for path in left { for operation in path.operations { reportRemoved(operation, isWholePath: true) } }
        for pair in pairs { comparePaths(pair.old, pair.new) }
        for path in free {
            for operation in path.operations {
                report("endpoint-added", "the operation is new", at: operation.value, in: operation.name)
            }
        }
    }

    /// The paths of a document.
    private func paths(of document: ComparedDocument) -> [DescribedPath] {
        (Array(document.member("paths")?.members) as [JSONMember]).filter { !$0.name.hasPrefix("x-") }.map {
            DescribedPath($0, in: document)
        }
    }

    /// Compares the operations of a path.
    private func comparePaths(_ old: DescribedPath, _ new: DescribedPath) {
        let arrived = Dictionary(new.operations.map { ($0.method, $0) }, uniquingKeysWith: { first, _ in first })
        let renamed = Dictionary(zip(old.names, new.names), uniquingKeysWith: { first, _ in first })
        for operation in old.operations {
            if let next = arrived[operation.method] {
                compare(operation, next, renamed)
            } else {
                reportRemoved(operation, isWholePath: false, in: new)
            }
        }
        let known = Set(old.operations.map(\.method))
        for operation in new.operations where !known.contains(operation.method) {
            report("endpoint-added", "the operation is new", at: operation.value, in: operation.name)
        }
    }

    /// Compares an operation.
    ///
    /// - Parameter renamed: The names of the path's expressions in the base, and what they are called now.
    private func compare(_ old: DescribedOperation, _ new: DescribedOperation, _ renamed: [String: String]) {
        compareLifecycle(old, new)
        compareNames(old, new)
        compareSecurity(old, new)
        compareParameters(old, new, renamed)
        compareBodies(old, new)
        compareResponses(old, new)
    }

    /// Reports an operation that is gone.
    private func reportRemoved(_ operation: DescribedOperation, isWholePath: Bool, in path: DescribedPath? = nil) {
        let prefix = isWholePath ? "api-path" : "api"
        let lifecycle = Lifecycle(operation.value)
        let place = path?.value ?? revision.root["paths"] ?? revision.root
        let gone = "the operation is gone"
        func tell(_ check: String, _ message: String) {
            report(check, message, at: place, before: operation.value, in: operation.name)
        }
        if case .invalid(let text) = lifecycle.stability {
            tell("api-invalid-stability-level", "\(gone), and its `x-stability-level` is \(Self.told(text))")
        } else if lifecycle.isUnstable {
            tell("\(prefix)-removed-with-deprecation", "\(gone); drafts and alphas may go at any time")
        } else if !lifecycle.isDeprecated {
            tell("\(prefix)-removed-without-deprecation", "\(gone), and was not deprecated before")
        } else {
            switch lifecycle.sunset {
            case .absent: tell("\(prefix)-removed-with-deprecation", "\(gone), after it was deprecated")
            case .invalid(let text):
                tell("api-path-sunset-parse", "\(gone), and its `x-sunset` is no date (RFC 3339): \(Self.told(text))")
            case .value(let date, _):
                if policy.today < date {
                    tell("\(prefix)-removed-before-sunset", "\(gone) before its sunset on \(date)")
                } else {
                    tell("\(prefix)-removed-with-deprecation", "\(gone) after its sunset on \(date)")
                }
            }
        }
    }

    /// Compares what an operation is called and filed under.
    private func compareNames(_ old: DescribedOperation, _ new: DescribedOperation) {
        let ids = (old.value["operationId"], new.value["operationId"])
        if ids.0?.string != ids.1?.string {
            if let was = ids.0 {
                report(
                    "api-operation-id-removed", "the operationId `\(was.string ?? "")` is gone", at: ids.1 ?? new.value,
                    before: was, in: new.name)
            }
            if let now = ids.1 {
                report(
                    "api-operation-id-added", "the operationId is `\(now.string ?? "")`", at: now, before: ids.0,
                    in: new.name)
            }
        }
        func tags(_ operation: DescribedOperation) -> Set<String> {
            Set((Array(operation.value["tags"]?.elements) as [JSONValue]).compactMap(\.string))
        }
        for tag in tags(old).subtracting(tags(new)).sorted() {
            report(
                "api-tag-removed", "the tag `\(tag)` is gone", at: new.value, before: old.value["tags"], in: new.name)
        }
        for tag in tags(new).subtracting(tags(old)).sorted() {
            report(
                "api-tag-added", "the tag `\(tag)` is new", at: new.value["tags"] ?? new.value,
                before: old.value["tags"],
                in: new.name)
        }
    }
}
