import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// What a ruleset says about some documents only, by patterns of their paths: other rules, or other severities for a
/// part of a document.
struct RulesetOverrides: Sendable {
    /// A change of rules.
    private struct Change: Sendable {
        /// The documents.
        let files: [PathGlob]
        /// The change.
        let definition: RulesetDefinition
        /// What it builds on.
        let bases: [RulesetReader.Base]
    }

    /// A change of severities in a part of some documents.
    private struct Exception: Sendable {
        /// The documents.
        let files: PathGlob
        /// The part, as the start of a JSON Pointer.
        let pointer: String
        /// Rules with how much they matter there.
        let strengths: [String: RuleStrength]
    }

    /// The folder that patterns are relative to, with its slash: as the user wrote it.
    private let folder: String
    /// Changes in their order.
    private var changes: [Change] = []
    /// Exceptions in their order.
    private var exceptions: [Exception] = []
    /// The rules without changes.
    private let table: RuleTable
    /// Puts tables together.
    private let assembler: RulesetAssembler

    /// Reads the overrides of a file, and tries each of them once to see what is wrong with it.
    init(
        _ node: RulesetReader.Node, path: String, real: String, _ assembler: RulesetAssembler, _ table: RuleTable,
        _ problems: inout [Diagnostic]
    ) {
        self.assembler = assembler
        self.table = table
        folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        for (number, entry) in node.definition.overrides.enumerated() {
            do throws(RulesetMistake) {
                try add(entry, bases: node.overrideBases[number])
            } catch {
                problems.append(error.diagnostic)
            }
            _ = assembler.applying(entry.change, bases: node.overrideBases[number], to: table, &problems)
        }
    }

    /// Takes an override.
    private mutating func add(_ entry: RulesetDefinition.Override, bases: [RulesetReader.Base]) throws(RulesetMistake) {
        var whole: [PathGlob] = []
        for file in entry.files {
            let text = file.string ?? ""
            let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let glob: PathGlob
            do throws(PathGlob.Problem) {
                glob = try PathGlob(String(parts[0]))
            } catch {
                throw RulesetMistake(message: "the pattern `\(text)`: \(error.message)", place: file)
            }
            guard parts.count == 2 else {
                whole.append(glob)
                continue
            }
            guard let pointer = JSONPointer(fragment: String(parts[1])) else {
                throw RulesetMistake(message: "`\(parts[1])` is no JSON Pointer", place: file)
            }
            var strengths: [String: RuleStrength] = [:]
            for member in entry.change.rules {
                guard member.value.kind != .object else {
                    throw RulesetMistake(
                        message: "for a part of a document a rule can only be given a severity", place: member.value)
                }
                strengths[member.name] = try RuleStrength(member.value)
            }
            exceptions.append(Exception(files: glob, pointer: pointer.description, strengths: strengths))
        }
        if !whole.isEmpty { changes.append(Change(files: whole, definition: entry.change, bases: bases)) }
    }

    /// The rules for a document.
    func table(for document: String) -> RuleTable {
        let name = relative(document)
        var result = table
        var problems: [Diagnostic] = []
        for change in changes where change.files.contains(where: { $0.matches(name) }) {
            result = assembler.applying(change.definition, bases: change.bases, to: result, &problems)
        }
        return result
    }

    /// Whether an exception may turn a rule on in a part of a document.
    func mayTurnOn(_ rule: String, in document: String) -> Bool {
        let name = relative(document)
        return exceptions.contains { $0.strengths[rule] != nil && $0.files.matches(name) }
    }

    /// Findings with the severities of the exceptions: the one with the longest pointer counts, of equal ones the last.
    ///
    /// - Parameters:
    ///   - findings: In the document or in files that it refers to.
    ///   - document: The document.
    ///   - table: The rules for it: those that are off there are on only by an exception.
    func weighed(_ findings: [Finding], in document: String, _ table: RuleTable) -> [Finding] {
        findings.compactMap { finding in
            let name = relative(finding.source)
            let pointer = JSONPointer(tokens: finding.path).description
            var chosen: RuleStrength?
            var length = -1
            for exception in exceptions {
                guard let strength = exception.strengths[finding.rule], exception.pointer.utf8.count >= length,
                    Self.lies(pointer, below: exception.pointer), exception.files.matches(name)
                else { continue }
                chosen = strength
                length = exception.pointer.utf8.count
            }
            var result = finding
            switch chosen {
            case .off?: return nil
            case .on?: break
            case .severity(let severity)?: result.severity = severity
            case nil: if table.entries[finding.rule]?.isOn == false { return nil }
            }
            return result
        }
    }

    /// Whether a pointer leads to a place or into it.
    private static func lies(_ pointer: String, below start: String) -> Bool {
        guard pointer.hasPrefix(start) else { return false }
        let rest = pointer.dropFirst(start.count)
        return rest.isEmpty || rest.hasPrefix("/") || start.isEmpty
    }

    /// A path as seen from the folder of the ruleset.
    private func relative(_ path: String) -> String {
        var name = Substring(path)
        while name.hasPrefix("./") { name = name.dropFirst(2) }
        var folder = Substring(self.folder)
        while folder.hasPrefix("./") { folder = folder.dropFirst(2) }
        return String(name.hasPrefix(folder) ? name.dropFirst(folder.count) : name)
    }
}
