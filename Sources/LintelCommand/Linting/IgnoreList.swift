import ArgumentParser
import ContractLinting
import FindingReports
import Glibc
import SourceDiagnostics
import YAMLDocuments

/// The list of findings that are left alone: read if it is there, or written as a baseline.
struct IgnoreList: ParsableArguments {
    /// The list of a folder.
    private static let standard = ".lintel-ignore.yaml"

    @Option(
        name: .customLong("ignore-file"),
        help: ArgumentHelp("A list of findings to leave alone. Default: .lintel-ignore.yaml here.", valueName: "FILE"))
    var path: String?

    @Flag(
        name: .customLong("generate-ignore-file"),
        help: "Write every finding to the list, so that only new ones are told from now on.")
    var isWritten = false

    /// Takes out the findings that are listed, and adds that entries of the list are stale.
    ///
    /// - Throws: `ExitCode` 2 where the list cannot be used.
    func apply(to outcome: inout LintRun.Outcome, _ selection: LintSelection) throws {
        guard let name = path ?? (access(Self.standard, F_OK) == 0 ? Self.standard : nil) else { return }
        let list = try Self.read(name)
        let applied = list.applied(to: outcome.findings, files: outcome.files, name: Self.naming(from: name))
        outcome.findings =
            applied.findings
            + applied.stale.filter { entry in
                // Of a rule that was not asked nobody knows.
                selection.isTold(entry.rule) && entry.path.last.map(selection.isTold) != false
            }
        outcome.silencedCount += applied.silencedCount
    }

    /// Writes all findings to the list.
    ///
    /// - Throws: `ExitCode` 2 where the file cannot be written.
    func write(_ outcome: LintRun.Outcome) throws {
        let name = path ?? Self.standard
        let findings = outcome.findings.filter { $0.rule != StaleSilencing.rule }
        let text = IgnoreFile.text(listing: findings, name: Self.naming(from: name))
        guard WholeFile.write(Array(text.utf8), to: name) else {
            Terminal.error.write("lintel: cannot write \(name): \(String(cString: strerror(errno)))\n")
            throw ExitCode(2)
        }
        Terminal.error.write("lintel: \(findings.count) findings listed in \(name)")
    }

    /// Reads a list.
    private static func read(_ name: String) throws -> IgnoreFile {
        let file: SourceFile
        do throws(CommandInput.Failure) {
            file = try CommandInput.file(name)
        } catch {
            Terminal.error.write("lintel: \(error.message)")
            throw ExitCode(2)
        }
        do throws(DocumentRejection) {
            return try IgnoreFile(file)
        } catch {
            Terminal.error.write(error.diagnostics)
            throw ExitCode(2)
        }
    }

    /// How a list names files: relative to its folder where they lie in it.
    private static func naming(from list: String) -> (String) -> String {
        let current = ReportWriter.currentFolder
        let folder = list.lastIndex(of: "/").map { list[..<$0] } ?? ""
        let root = list.hasPrefix("/") ? String(folder) : "\(current)/\(folder)"
        return ReportPaths(currentDirectory: current, root: root).told
    }
}
