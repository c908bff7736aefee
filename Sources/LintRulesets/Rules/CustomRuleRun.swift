import ContractLinting
import JSONDocuments
import JSONPathQueries
import SourceDiagnostics

/// One rule of a ruleset over one document.
struct CustomRuleRun {
    /// The rule as the ruleset leaves it.
    private let entry: RuleEntry
    /// Where it looks, and its functions.
    private let rule: CustomRule
    /// What functions may ask about.
    private let scene: RuleScene
    /// The formats of the document.
    private let formats: Set<DocumentFormat>

    /// A run.
    init(_ entry: RuleEntry, _ rule: CustomRule, _ document: LintDocument, _ formats: Set<DocumentFormat>) {
        self.entry = entry
        self.rule = rule
        self.formats = formats
        scene = RuleScene(document: document, isResolved: rule.isResolved)
    }

    /// What the rule finds.
    func findings() -> [Finding] {
        let root = scene.document.root
        // A text that could not be read has nothing to say about the rules for its content.
        if root.isNull, scene.document.problems.contains(where: { $0.severity == .error }) { return [] }
        guard let paths = try? rule.paths(for: formats) else { return [] }
        var findings: [Finding] = []
        for path in paths {
            let (places, isComplete) = path.matches(in: root, follow: scene.followed)
            for place in places { check(place, &findings) }
            if !isComplete {
                let message = "the path `\(path.text)` leads to too many places: not all were looked at"
                findings.append(
                    Finding(
                        rule: entry.name, severity: .error, message: message, source: root.document.file.path,
                        range: ValueExtent.range(of: root)))
            }
        }
        return findings
    }

    /// Calls the functions for a place.
    private func check(_ match: PathMatch, _ findings: inout [Finding]) {
        for check in rule.checks {
            for target in targets(of: check.field, at: match) {
                for result in check.function.check(target, scene) {
                    findings.append(finding(result, target))
                }
            }
        }
    }

    // MARK: - Targets

    /// What a function looks at, for one place.
    private func targets(of field: CustomRule.Check.Field, at match: PathMatch) -> [RuleTarget] {
        let whole = RuleTarget(
            content: match.isName ? .name(match.name ?? "") : .value(match.value), place: match.value,
            references: match.references)
        guard !match.isName, [.object, .array].contains(match.value.kind) else { return [whole] }
        switch field {
        case .whole: return [whole]
        case .names:
            guard match.value.kind == .object else {
                return match.value.elements.enumerated().map { index, element in
                    RuleTarget(content: .name(String(index)), place: element, references: match.references)
                }
            }
            return match.value.members.map { member in
                RuleTarget(content: .name(member.name), place: member.value, references: match.references)
            }
        case .member(let names): return [target(names, below: match)]
        case .path(let path):
            let found = path.matches(in: match.value, follow: scene.followed).places
            guard !found.isEmpty else {
                return [RuleTarget(content: .absent([]), place: match.value, references: match.references)]
            }
            return found.map { inner in
                RuleTarget(
                    content: inner.isName ? .name(inner.name ?? "") : .value(inner.value), place: inner.value,
                    references: match.references + inner.references)
            }
        }
    }

    /// The member of a place, there or not.
    private func target(_ names: [String], below match: PathMatch) -> RuleTarget {
        var current = match.value
        var references = match.references
        for (number, name) in names.enumerated() {
            let child = current.kind == .array ? Int(name).flatMap { current[$0] } : current[name]
            guard let child else {
                return RuleTarget(
                    content: .absent(Array(names[number...])), place: current, references: references)
            }
            current = scene.followed(child)
            if current != child { references.append(child) }
        }
        return RuleTarget(content: .value(current), place: current, references: references)
    }

    // MARK: - Findings

    /// The finding for what a function says.
    private func finding(_ result: FunctionResult, _ target: RuleTarget) -> Finding {
        let place = result.place ?? target.place
        let isName = result.place == nil ? target.isName : result.isName
        let path = place.pointer.tokens
        var property = path.last ?? ""
        if result.place == nil, case .absent(let missing) = target.content, !missing.isEmpty {
            property = (path.suffix(1) + missing).joined(separator: ".")
        }
        let error = result.wording.text(property: property, value: PrintedValue.text(of: target))
        let facts = MessageTemplate.Facts(
            error: error, description: entry.description, path: "#" + JSONPointer(tokens: path).description,
            property: property, value: PrintedValue.text(of: target))
        return Finding(
            rule: entry.name, severity: entry.severity,
            message: (entry.message?.text(with: facts) ?? entry.description ?? error).trimmed,
            source: place.document.file.path, path: path,
            range: isName ? place.keyRange ?? ValueExtent.range(of: place) : ValueExtent.range(of: place),
            references: place.document === scene.document.root.document
                ? [] : target.references.map { $0["$ref"]?.range ?? $0.range },
            documentation: entry.documentation)
    }
}
