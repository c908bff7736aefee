import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

extension EndToEnd {
    /// `lintel diff` as people and CI systems call it.
    @Suite("lintel diff")
    struct DiffTests {
        /// Runs the executable in a folder.
        private static func diff(
            _ arguments: [String], in folder: TemporaryFolder
        ) throws -> (code: Int32, output: String, error: String) {
            try shell(
                "exec " + ([LintelExecutable.path, "diff"] + arguments).map(quoted).joined(separator: " "), in: folder)
        }

        /// Runs a line of shell in a folder.
        @discardableResult
        private static func shell(
            _ line: String, in folder: TemporaryFolder
        ) throws -> (code: Int32, output: String, error: String) {
            try ChildProcess.run(["/bin/sh", "-c", "cd \(quoted(folder.path)) && \(line)"], within: 60)
        }

        /// A word of a shell.
        private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

        @Test("exit codes: 0 nothing breaks, 1 clients break, 2 where the work could not be done")
        func exitCodes() throws {
            let old = Comparison.document(maximum: 50)
            let folder = try TemporaryFolder([
                "old.yaml": old, "new.yaml": Comparison.document(maximum: 10),
                "wider.yaml": Comparison.document(maximum: 60),
                "none.yaml": "a: 1", "broken.yaml": "openapi: 3.1.0\npaths: [",
            ])
            #expect(try Self.diff(["old.yaml", "old.yaml"], in: folder).code == 0)
            #expect(try Self.diff(["old.yaml", "old.yaml"], in: folder).output == "No breaking changes\n")
            #expect(try Self.diff(["old.yaml", "wider.yaml"], in: folder).code == 0)
            #expect(try Self.diff(["old.yaml", "wider.yaml", "--fail-on", "info"], in: folder).code == 1)
            #expect(try Self.diff(["old.yaml", "new.yaml"], in: folder).code == 1)
            #expect(try Self.diff(["old.yaml", "new.yaml", "--fail-on", "never"], in: folder).code == 0)
            let silenced = ["old.yaml", "new.yaml", "--severity", "request-property-max-decreased=none"]
            #expect(try Self.diff(silenced, in: folder).code == 0)
            for wrong in [
                ["old.yaml"], ["old.yaml", "absent.yaml"], ["old.yaml", "none.yaml"], ["old.yaml", "broken.yaml"],
                ["old.yaml", "."], ["old.yaml", "new.yaml", "--fail-on", "x"], ["git:HEAD:old.yaml", "new.yaml"],
                ["old.yaml", "new.yaml", "--severity", "request-property-max-decrased=none"],
                ["old.yaml", "new.yaml", "--today", "tomorrow"],
            ] {
                let result = try Self.diff(wrong, in: folder)
                #expect(result.code == 2, "\(wrong): \(result)")
                #expect(!result.error.isEmpty, "\(wrong)")
            }
        }

        @Test("a finding stands in the new document and tells where it was in the old one")
        func places() throws {
            let folder = try TemporaryFolder([
                "old.yaml": Comparison.document(maximum: 50), "new.yaml": Comparison.document(maximum: 10),
            ])
            let result = try Self.diff(["old.yaml", "new.yaml", "--format", "json"], in: folder)
            let report = try JSONDocument(parsing: SourceFile(path: "out", bytes: Array(result.output.utf8))).root
            let finding = try #require(report.elements.first { $0["code"]?.string == "request-property-max-decreased" })
            #expect(finding["source"]?.string == "new.yaml")
            #expect(finding["range"]?["start"]?["line"]?.int == 9)
            #expect(finding["previous"]?["source"]?.string == "old.yaml")
            #expect(
                finding["message"]?.string
                    == "POST /orders: the maximum of `/quantity` of the request body changed from 50 to 10")
            let frame = try Self.diff(["old.yaml", "new.yaml", "--format", "codeframe"], in: folder).output
            #expect(frame.contains("before: old.yaml:10:"), "\(frame)")
        }

        @Test("a revision of the repository, a file, a folder, and references between files in it")
        func revisions() throws {
            let common = "Order: {type: object, properties: {quantity: {type: integer, maximum: 50}}}"
            let folder = try TemporaryFolder([
                "specs/orders.yaml": Comparison.referring, "specs/parts/common.yaml": common,
                "specs/README.yaml": "a: 1",
            ])
            try Self.shell(
                "git init -q . && git add . && git -c user.name=a -c user.email=a@b.c commit -qm one", in: folder)
            try folder.write(common.replacing("50", with: "5"), to: "specs/parts/common.yaml")
            for arguments in [
                ["git:HEAD:specs/orders.yaml", "specs/orders.yaml"], ["git:HEAD:specs", "specs"],
            ] {
                let result = try Self.diff(arguments + ["--format", "text"], in: folder)
                #expect(result.code == 1, "\(result)")
                #expect(result.output.contains("specs/parts/common.yaml:1:"), "\(result.output)")
                #expect(result.output.contains("request-property-max-decreased"))
            }
            // From inside a folder, and the other way round.
            let inner = try Self.shell(
                "cd specs && \(LintelExecutable.path) diff orders.yaml git:HEAD:orders.yaml --format codeframe --fail-on info",
                in: folder)
            #expect(inner.code == 1)
            #expect(inner.output.contains("git:HEAD:specs/parts/common.yaml:1:"), "\(inner)")
            for wrong in ["git:none:specs", "git:HEAD:absent", "git:HEAD", "git:--output=x:specs"] {
                #expect(try Self.diff([wrong, "specs"], in: folder).code == 2)
            }
        }

        @Test("folders: documents that come and go")
        func folders() throws {
            let document = Comparison.document(maximum: 50)
            let folder = try TemporaryFolder([
                "old/a.yaml": document, "old/b/c.yaml": document, "new/a.yaml": document, "new/d.yaml": document,
            ])
            let result = try Self.diff(["old", "new", "--format", "text"], in: folder)
            #expect(result.code == 1)
            #expect(
                result.output.contains("error document-removed \"the document `b/c.yaml` is gone\""), "\(result.output)"
            )
            #expect(result.output.contains("information document-added"), "\(result.output)")
        }

        @Test("two folders of settings: what the edge lets in")
        func settings() throws {
            let folder = try TemporaryFolder()
            try Self.shell(
                "mkdir old && cp -r \(PackageFolder.path)/routes \(PackageFolder.path)/specs old && cp -r old new",
                in: folder)
            #expect(try Self.diff(["old/routes", "new/routes"], in: folder).code == 0)
            try Self.shell(
                "sed -i 's/requestBody: 64KiB/requestBody: 1KiB/; s/undeclaredQuery: pass/undeclaredQuery: reject/' new/routes/*.yaml",
                in: folder)
            let checks = try Self.diff(["old/routes", "new/routes", "--format", "text"], in: folder)
            #expect(checks.output.contains("gateway-limit-decreased"), "\(checks)")
            #expect(checks.output.contains("new/routes/gateway.yaml"), "\(checks)")
            #expect(checks.code == 1)
            try Self.shell(
                "sed -i '/^  users:/,/upstream: users/ s#mount: /#mount: /v2#' new/routes/shop.yaml", in: folder)
            try Self.shell("sed -i '0,/maximum: /s/maximum: [0-9]*/maximum: 1/' new/specs/orders.yaml", in: folder)
            let moved = try Self.diff(["old/routes", "new/routes", "--format", "text"], in: folder)
            #expect(moved.output.contains("the API `users` is at `/v2` instead of `/`"), "\(moved)")
            #expect(moved.output.contains("-max-decreased"), "\(moved)")
        }

        @Test("lint beside a revision: what is new, and what breaks clients")
        func lintBase() throws {
            let old = Comparison.document(maximum: 50)
            let folder = try TemporaryFolder(["specs/orders.yaml": old])
            try Self.shell(
                "git init -q . && git add . && git -c user.name=a -c user.email=a@b.c commit -qm one", in: folder)
            func lint(_ base: String) throws -> (code: Int32, output: String, error: String) {
                try Self.shell("\(LintelExecutable.path) lint specs --diff-base \(base) --format text", in: folder)
            }
            let nothing = try lint("HEAD")
            #expect(nothing.code == 0 && nothing.output.isEmpty, "\(nothing)")
            // Lines move, which makes nothing new.
            let moved = Comparison.document(maximum: 10).replacing(
                "paths:", with: "\n\npaths:\n  /new/{id}: {get: {responses: {}}}")
            try folder.write(moved, to: "specs/orders.yaml")
            let found = try lint("HEAD")
            #expect(found.code == 1)
            #expect(found.output.contains("request-property-max-decreased"), "\(found)")
            #expect(found.output.contains("path-params"))
            #expect(!found.output.contains("info-contact"), "\(found)")
            try folder.write(old, to: "before.yaml")
            #expect(try lint("before.yaml").output == found.output)
            #expect(try lint("no-such-revision").code == 2)
        }

        @Test("every report is written, and the checks are listed")
        func reports() throws {
            let folder = try TemporaryFolder([
                "old.yaml": Comparison.document(maximum: 50), "new.yaml": Comparison.document(maximum: 10),
            ])
            for format in ["stylish", "sarif", "github-actions", "gitlab", "junit", "checkstyle", "markdown", "html"] {
                let result = try Self.diff(["old.yaml", "new.yaml", "--format", format], in: folder)
                #expect(result.code == 1)
                #expect(result.output.contains("request-property-max-decreased"), "\(format)")
            }
            let list = try Self.diff(["--list-checks"], in: folder)
            #expect(list.code == 0)
            #expect(list.output.contains("api-security-added"))
        }
    }
}

/// Documents that differ in one number.
private enum Comparison {
    /// An operation with a limit.
    static func document(maximum: Int) -> String {
        """
        openapi: 3.1.0
        info: {title: Orders, version: 1.0.0}
        paths:
          /orders:
            post:
              requestBody:
                content:
                  application/json:
                    schema:
                      {type: object, properties: {quantity: {type: integer, maximum: \(maximum)}}}
              responses: {'204': {description: done}}
        """
    }

    /// An operation whose schema stands in another file.
    static let referring = """
        openapi: 3.1.0
        info: {title: Orders, version: 1.0.0}
        paths:
          /orders:
            post:
              requestBody: {content: {application/json: {schema: {$ref: 'parts/common.yaml#/Order'}}}}
              responses: {'204': {description: done}}
        """
}
