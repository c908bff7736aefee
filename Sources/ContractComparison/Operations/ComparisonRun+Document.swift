import JSONDocuments

/// What concerns the whole document: its version, shared schemas, webhooks.
extension ComparisonRun {
    /// Compares everything.
    func run() {
        compareOperations()
        compareWebhooks()
        compareGlobalSecurity()
        compareComponents()
        compareVersions()
    }

    /// Compares the webhooks by name. OpenAPI 3.2 §4.1.1.
    private func compareWebhooks() {
        let (old, new) = (base.root["webhooks"], revision.root["webhooks"])
        for member in Array(old?.members) as [JSONMember] where new?[member.name] == nil {
            report(
                "webhook-removed", "the webhook `\(member.name)` is gone", at: new ?? revision.root,
                before: member.value)
        }
        for member in Array(new?.members) as [JSONMember] where old?[member.name] == nil {
            report("webhook-added", "the webhook `\(member.name)` is new", at: member.value, before: old)
        }
    }

    /// Compares the names of the shared schemas: programs that were generated from the document have them.
    private func compareComponents() {
        func schemas(_ document: ComparedDocument) -> JSONValue? {
            document.member("components", "schemas") ?? document.member("definitions")
        }
        let (old, new) = (schemas(base), schemas(revision))
        for member in Array(old?.members) as [JSONMember] where new?[member.name] == nil {
            report(
                "api-schema-removed", "the schema `\(member.name)` is gone", at: new ?? revision.root,
                before: member.value)
        }
    }

    /// Compares `info.version`, read as a semantic version where it is one, with what the changes call for.
    private func compareVersions() {
        guard let now = revision.member("info")?["version"], let was = base.member("info")?["version"],
            let new = now.string ?? now.numberLiteral, let old = was.string ?? was.numberLiteral
        else { return }
        let numbers = (Self.numbers(old), Self.numbers(new))
        if new == old {
            guard !changes.isEmpty else { return }
            report(
                "api-version-not-bumped", "the contract changed, and its version is still `\(new)`", at: now,
                before: was)
        } else if let one = numbers.0, let other = numbers.1 {
            if other.lexicographicallyPrecedes(one) {
                report("api-version-decreased", "the version went back from `\(old)` to `\(new)`", at: now, before: was)
            } else if changes.contains(where: { $0.severity == .error }), one.first == other.first {
                report(
                    "api-major-version-not-bumped",
                    "clients break, and the major version is the same: `\(old)`, `\(new)`",
                    at: now, before: was)
            }
        }
    }

    /// The numbers of a version: `v1.12.0-rc1` is 1, 12, 0.
    private static func numbers(_ text: String) -> [Int]? {
        let core = text.drop { $0 == "v" || $0 == "V" }.prefix { $0 != "-" && $0 != "+" }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard !numbers.isEmpty, numbers.allSatisfy({ $0 != nil }) else { return nil }
        return numbers.compactMap { $0 }
    }
}
