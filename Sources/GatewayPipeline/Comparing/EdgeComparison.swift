import ContractComparison
import ContractLinting
import GatewaySettings
import SourceDiagnostics

/// Compares what two sets of settings, with the documents that they name, let in: the contract at the edge.
///
/// A document alone does not tell it: an API can move to another prefix, its limits can shrink, and checks that were only
/// counted can be enforced.
package struct EdgeComparison {
    /// One side.
    package struct Side {
        /// Its settings.
        let settings: GatewaySettings
        /// Loads a document that the settings name.
        let load: (_ path: String) -> LintDocument

        /// Takes settings and a way to the documents.
        package init(_ settings: GatewaySettings, load: @escaping (_ path: String) -> LintDocument) {
            self.settings = settings
            self.load = load
        }

        /// The side of a load, with its documents as they were read.
        init(_ settings: GatewaySettings, of record: FileRecord) {
            let loader = LintLoader(files: record.replay)
            self.init(settings) { loader.load($0) }
        }
    }

    /// How documents are compared, and how much each check matters.
    private let comparison: ContractComparison
    /// What was found.
    private var findings: [Finding] = []

    /// Compares two sides.
    ///
    /// - Returns: The changes, those of settings first; of documents in the order of the APIs' names.
    package static func findings(from base: Side, to revision: Side, _ comparison: ContractComparison) -> [Finding] {
        var edge = EdgeComparison(comparison: comparison)
        edge.compare(base, revision)
        return edge.findings
    }

    /// A comparison that has not begun.
    private init(comparison: ContractComparison) { self.comparison = comparison }

    /// Compares the APIs by name.
    private mutating func compare(_ base: Side, _ revision: Side) {
        func isOpen(_ api: Named<APISettings>) -> Bool { api.value.expose == .public }
        let old = base.settings.apis.filter(isOpen)
        let new = revision.settings.apis.filter(isOpen)
        var documents: [Finding] = []
        for api in old.sorted(by: { $0.name < $1.name }) {
            guard let next = new.first(where: { $0.name == api.name }) else {
                let place = revision.settings.api(api.name)?.range
                report(
                    "gateway-api-removed", "the API `\(api.name)` is not reachable any more", at: place, was: api.range)
                continue
            }
            comparePlaces(api, next)
            compareChecks(api, base.settings, next, revision.settings)
            if let before = api.value.spec, let after = next.value.spec {
                documents += comparison.findings(from: base.load(before), to: revision.load(after))
            }
        }
        for api in new where !old.contains(where: { $0.name == api.name }) {
            report("gateway-api-added", "the API `\(api.name)` is new", at: api.range, was: nil)
        }
        findings += documents
    }

    /// Compares where clients reach an API.
    private mutating func comparePlaces(_ old: Named<APISettings>, _ new: Named<APISettings>) {
        if old.value.mount != new.value.mount {
            report(
                "gateway-api-moved", "the API `\(new.name)` is at `\(new.value.mount)` instead of `\(old.value.mount)`",
                at: new.range, was: old.range)
        }
        // No hosts at all means any.
        let lost = new.value.hosts.isEmpty ? [] : old.value.hosts.filter { !new.value.hosts.contains($0) }
        if !lost.isEmpty || old.value.hosts.isEmpty && !new.value.hosts.isEmpty {
            let names =
                lost.isEmpty
                ? "hosts other than \(new.value.hosts.joined(separator: ", "))" : lost.joined(separator: ", ")
            report(
                "gateway-api-moved", "the API `\(new.name)` does not answer \(names) any more", at: new.range,
                was: old.range)
        }
        if old.value.undeclared != .reject, new.value.undeclared == .reject {
            report(
                "gateway-undeclared-rejected",
                "requests that the document of `\(new.name)` does not declare are refused",
                at: new.range, was: old.range)
        }
        if case .upstream = old.value.security, case .schemes(let schemes) = new.value.security,
            schemes.contains(where: { $0.value != .upstream })
        {
            report(
                "gateway-security-bound",
                "the gateway checks the credentials for `\(new.name)`, which the upstream did",
                at: new.range, was: old.range)
        }
    }

    /// Compares what is checked and how much is taken in, for the API and for each operation that has its own word.
    private mutating func compareChecks(
        _ old: Named<APISettings>, _ before: GatewaySettings, _ new: Named<APISettings>, _ after: GatewaySettings
    ) {
        compare(before.resolve(api: old.name), after.resolve(api: new.name), "API `\(new.name)`", new.range)
        var names: Set<String> = []
        for operation in old.value.operations + new.value.operations where names.insert(operation.name).inserted {
            let parts = operation.name.split(separator: " ", maxSplits: 1).map(String.init)
            func resolved(_ settings: GatewaySettings) -> ResolvedSettings {
                parts.count == 2
                    ? settings.resolve(api: new.name, method: parts[0], path: parts[1])
                    : settings.resolve(api: new.name, operationID: operation.name)
            }
            compare(resolved(before), resolved(after), "operation `\(operation.name)` of `\(new.name)`", new.range)
        }
    }

    /// Compares resolved settings.
    private mutating func compare(
        _ old: ResolvedSettings, _ new: ResolvedSettings, _ words: String, _ place: SourceRange
    ) {
        let (one, other) = (old.exchange, new.exchange)
        if one.validation.requests.value != .enforce, other.validation.requests.value == .enforce {
            report(
                "gateway-validation-enforced", "requests to the \(words) that break the contract are refused",
                at: other.validation.requests.origin ?? place, was: one.validation.requests.origin)
        }
        if one.validation.undeclaredQuery.value != .reject, other.validation.undeclaredQuery.value == .reject {
            report(
                "gateway-undeclared-query-rejected", "undeclared query parameters to the \(words) are refused",
                at: other.validation.undeclaredQuery.origin ?? place, was: one.validation.undeclaredQuery.origin)
        }
        let limits: [(String, KeyPath<ExchangeSettings.Limits, Setting<Int>>)] = [
            ("requestHead", \.requestHead), ("headerCount", \.headerCount), ("requestBody", \.requestBody),
            ("jsonDepth", \.jsonDepth),
        ]
        for (name, limit) in limits {
            let (was, isNow) = (one.limits[keyPath: limit], other.limits[keyPath: limit])
            guard isNow.value < was.value else { continue }
            report(
                "gateway-limit-decreased",
                "`limits.\(name)` of the \(words) shrank from \(was.value) to \(isNow.value)",
                at: isNow.origin ?? place, was: was.origin)
        }
        let known = Set(old.policies.map(\.value))
        for policy in new.policies where !known.contains(policy.value) {
            report(
                "gateway-policy-added", "the policy `\(policy.value)` applies to the \(words)",
                at: policy.origin ?? place,
                was: nil)
        }
    }

    /// Adds a finding in the settings.
    private mutating func report(_ check: String, _ message: String, at place: SourceRange?, was: SourceRange?) {
        var severity = CheckCatalogue.severity(of: check) ?? .error
        if let chosen = comparison.policy.severities[check] {
            guard let chosen else { return }
            severity = chosen
        }
        let file = place?.file ?? was?.file
        findings.append(
            Finding(
                rule: check, severity: severity, message: message, source: file?.path ?? "", range: place, previous: was
            ))
    }
}
