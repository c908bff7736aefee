import JSONDocuments
import SourceDiagnostics
import YAMLDocuments

/// A list of findings that are known and left alone: a baseline for documents that are older than their rules.
///
///     specs/orders.yaml:
///       operation-tags:
///         - '#/paths/~1orders/get'
///
/// Files are relative to the folder of the list. A place is known by its path, not by its line, so that an edit above it
/// changes nothing.
package struct IgnoreFile: Sendable {
    /// One place where a rule is left alone.
    private struct Entry: Sendable {
        /// The file.
        let file: String
        /// The rule.
        let rule: String
        /// The place, as a JSON Pointer in a fragment.
        let pointer: String
        /// Where the entry stands.
        let place: SourceRange
    }

    /// What the entries make of findings.
    package struct Outcome {
        /// The findings that are left.
        package var findings: [Finding] = []
        /// How many were left alone.
        package var silencedCount = 0
        /// That entries silence nothing.
        package var stale: [Finding] = []
    }

    /// The places.
    private var entries: [Entry] = []

    /// Reads a list.
    ///
    /// - Throws: Everything that is wrong with it.
    package init(_ file: SourceFile) throws(DocumentRejection) {
        let root = try DocumentParser.parse(file).get().root
        var problems: [Diagnostic] = []
        if root.kind != .object, !root.isNull {
            problems.append(Self.problem("the list is an object: file, rule, places", root))
        }
        for document in root.members {
            if document.value.kind != .object {
                problems.append(Self.problem("under a file stand rules, each with a list of places", document.value))
            }
            for rule in document.value.members {
                let pointers = rule.value.elements.compactMap(\.string)
                guard rule.value.kind == .array, pointers.count == rule.value.count else {
                    problems.append(
                        Self.problem("under a rule stands a list of places such as '#/paths/~1pets'", rule.value))
                    continue
                }
                for element in rule.value.elements {
                    entries.append(
                        Entry(
                            file: document.name, rule: rule.name, pointer: element.string ?? "", place: element.range))
                }
            }
        }
        guard problems.isEmpty else { throw DocumentRejection(diagnostics: problems) }
    }

    /// Takes out the findings that are listed.
    ///
    /// - Parameters:
    ///   - findings: What is left after the directives.
    ///   - files: The files that were looked at: an entry of another file is neither used nor stale.
    ///   - name: The name of a file as the list writes it, from its path in findings.
    package func applied(to findings: [Finding], files: Set<String>, name: (String) -> String) -> Outcome {
        /// What an entry is found by.
        struct Key: Hashable {
            /// The file.
            let file: String
            /// The rule.
            let rule: String
            /// The place.
            let pointer: String
        }
        var numbers: [Key: [Int]] = [:]
        for (number, entry) in entries.enumerated() {
            numbers[Key(file: entry.file, rule: entry.rule, pointer: entry.pointer), default: []].append(number)
        }
        var isUsed = Array(repeating: false, count: entries.count)
        var outcome = Outcome()
        for finding in findings {
            let key = Key(file: name(finding.source), rule: finding.rule, pointer: Self.pointer(finding))
            guard let found = numbers[key] else {
                outcome.findings.append(finding)
                continue
            }
            for number in found { isUsed[number] = true }
            outcome.silencedCount += 1
        }
        let looked = Set(files.map(name))
        for (entry, isUsed) in zip(entries, isUsed) where !isUsed && looked.contains(entry.file) {
            let message = "`\(entry.rule)` has no finding at \(entry.pointer) of \(entry.file) any more."
            outcome.stale.append(
                Finding(
                    rule: StaleSilencing.rule, severity: .warning, message: message, source: entry.place.file.path,
                    path: [entry.file, entry.rule], range: entry.place, suggestion: "remove the entry"))
        }
        return outcome
    }

    /// The text of a list of all findings.
    ///
    /// - Parameter name: The name of a file as the list writes it.
    package static func text(listing findings: [Finding], name: (String) -> String) -> String {
        var places: [String: [String: Set<String>]] = [:]
        for finding in findings {
            places[name(finding.source), default: [:]][finding.rule, default: []].insert(pointer(finding))
        }
        var text = """
            # Findings that `lintel lint` leaves alone, by file and rule. Written by --generate-ignore-file; entries that
            # are no longer needed are reported as `\(StaleSilencing.rule)`.

            """
        for (file, rules) in places.sorted(by: { $0.key < $1.key }) {
            text += "\(quoted(file)):\n"
            for (rule, pointers) in rules.sorted(by: { $0.key < $1.key }) {
                text += "  \(quoted(rule)):\n"
                for pointer in pointers.sorted() { text += "    - \(quoted(pointer))\n" }
            }
        }
        return text
    }

    /// The place of a finding.
    private static func pointer(_ finding: Finding) -> String { "#" + JSONPointer(tokens: finding.path).description }

    /// A text as JSON writes it, which YAML reads too.
    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return writer.text
    }

    /// A mistake of the list.
    private static func problem(_ message: String, _ value: JSONValue) -> Diagnostic {
        Diagnostic(.error, "ignore-file", message, at: value.range)
    }
}
