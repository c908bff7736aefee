import Glibc
import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

extension EndToEnd {
    /// `lintel lint` as people and CI systems call it.
    @Suite("lintel lint")
    struct LintTests {
        /// Runs the executable in a folder.
        private static func lint(
            _ arguments: [String], in folder: TemporaryFolder, input: String? = nil, environment: [String: String] = [:]
        ) throws -> (code: Int32, output: String, error: String) {
            // The shell changes the folder: that of the tests is shared.
            let words = ([LintelExecutable.path, "lint"] + arguments).map(quoted).joined(separator: " ")
            let source = try input.map { try folder.add($0, as: "input") }
            let script = "cd \(quoted(folder.path)) && exec \(words) < \(source.map(quoted) ?? "/dev/null")"
            return try ChildProcess.run(["/bin/sh", "-c", script], environment: environment, within: 60)
        }

        /// A word of a shell.
        private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

        /// A small document with an error, two warnings and more.
        static let pets = """
            openapi: 3.0.3
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}:
                get:
                  responses: {'200': {description: OK}}
            """

        @Test("exit codes: 0 clean, 1 findings, 2 where the work could not be done")
        func exitCodes() throws {
            let folder = try TemporaryFolder(["a.yaml": Self.pets, "broken.yaml": "rules: {x: error}"])
            #expect(try Self.lint(["a.yaml"], in: folder).code == 1)
            #expect(try Self.lint(["a.yaml", "--fail-severity", "none"], in: folder).code == 0)
            #expect(try Self.lint(["a.yaml", "--skip-rule", "path-params"], in: folder).code == 0)
            #expect(try Self.lint(["a.yaml", "--skip-rule", "path-params", "-F", "warn"], in: folder).code == 1)
            #expect(
                try Self.lint(["a.yaml", "--skip-rule", "path-params", "--max-warnings", "1"], in: folder).code == 1)
            #expect(try Self.lint(["a.yaml", "--min-score", "100", "-F", "none"], in: folder).code == 1)
            for wrong in [
                ["none.yaml"], ["none/**/*.yaml"], ["a.yaml", "--nonsense"], ["a.yaml", "--format", "pdf"],
                ["a.yaml", "--only", "path-param"], ["a.yaml", "--ruleset", "none.yaml"],
                ["a.yaml", "-r", "broken.yaml"], ["a.yaml", "--ignore-file", "none.yaml"],
            ] {
                let result = try Self.lint(wrong, in: folder)
                #expect(result.code == 2, "\(wrong): \(result)")
                #expect(!result.error.isEmpty, "\(wrong)")
            }
        }

        @Test("the example's own documents are clean")
        func example() throws {
            let result = try ChildProcess.run(
                [LintelExecutable.path, "lint", PackageFolder.path + "/specs"], within: 60)
            #expect(result.code == 0)
            #expect(result.output.hasPrefix("No results"), "\(result.output)")
        }

        @Test(
            "three typical mistakes: each message alone is enough to mend it",
            arguments: [
                (
                    "$ref: '#/components/schemas/OrderStatus'", "$ref: '#/components/schemas/OrderStatsu'", 53,
                    "OrderStatus"
                ),
                ("example: shipped\n", "example: shiped\n", 54, "\"shipped\""),
                (
                    "  /orders/{orderId}:\n", "  /orders/{id}:\n", 148,
                    "Parameter \"orderId\" must be used in path \"/orders/{id}\"."
                ),
            ])
        func mistakes(right: String, wrong: String, line: Int, advice: String) throws {
            let text = FileContent.text(PackageFolder.path + "/specs/orders.yaml")
            let place = try #require(text.firstRange(of: right))
            let folder = try TemporaryFolder([
                "orders.yaml": String(text[..<place.lowerBound] + wrong + text[place.upperBound...])
            ])
            let result = try Self.lint(["orders.yaml", "--format", "text"], in: folder)
            #expect(result.code == 1)
            let first = result.output.split(separator: "\n").first ?? ""
            #expect(first.hasPrefix("orders.yaml:\(line):") && first.contains(advice), "\(result.output)")
        }

        @Test("a ruleset of the folder is used, in the order of its names")
        func lookup() throws {
            let rule = { (name: String) in "rules: {\(name): {given: $, then: {field: x, function: truthy}}}" }
            let folder = try TemporaryFolder([
                "a.yaml": Self.pets, ".spectral.yml": rule("second"), ".spectral.yaml": rule("first"),
            ])
            #expect(try Self.lint(["a.yaml"], in: folder).output.contains(" first "))
            try folder.add(rule("own"), as: ".lintel.yaml")
            #expect(try Self.lint(["a.yaml"], in: folder).output.contains(" own "))
            #expect(try Self.lint(["a.yaml", "-r", ".spectral.yml"], in: folder).output.contains(" second "))
        }

        @Test("comments and members silence findings; those that silence nothing are told")
        func silencing() throws {
            let text = """
                openapi: 3.0.3
                info: {title: Pets, version: 1.0.0, description: '# lintel-disable-line', contact: {name: a}}
                servers: [{url: /}]
                paths:
                  # lintel-disable-next-line path-keys-no-trailing-slash operation-tags -- an old path

                  # (and this is only a remark)
                  /pets/:
                    x-lint-ignore: [operation-tags, operation-operationId, operation-description]
                    get: {responses: {'200': {description: OK}}}
                  /dogs/: {}  # lintel-disable-line
                """
            let folder = try TemporaryFolder(["a.yaml": text])
            let result = try Self.lint(["a.yaml", "--format", "text"], in: folder)
            #expect(result.output.split(separator: "\n").count == 1, "\(result.output)")
            #expect(result.output.contains("a.yaml:5:58 warning stale-ignore \"`operation-tags` has no finding here"))
            #expect(result.error.contains("5 findings silenced"))
            #expect(
                try Self.lint(["a.yaml", "--skip-rule", "stale-ignore"], in: folder).output.hasPrefix("No results"))
        }

        @Test("a baseline silences what is known; what is new is told, and what is mended")
        func baseline() throws {
            let folder = try TemporaryFolder(["specs/a.yaml": Self.pets])
            let written = try Self.lint(["specs", "--generate-ignore-file"], in: folder)
            #expect(written.code == 0)
            #expect(FileContent.text(folder.path + "/.lintel-ignore.yaml").contains("\"#/paths/~1pets~1{id}/get\""))
            let clean = try Self.lint(["specs"], in: folder)
            #expect(clean.code == 0)
            #expect(clean.output.hasPrefix("No results"))
            try folder.add(
                Self.pets.replacing("title: Pets", with: "title: Pets, contact: {name: a}") + "\n  /a/: {}",
                as: "specs/a.yaml")
            let changed = try Self.lint(["./specs/a.yaml", "--format", "text"], in: folder).output
            let lines = changed.split(separator: "\n")
            #expect(lines.contains { $0.contains("path-keys-no-trailing-slash") }, "\(changed)")
            #expect(lines.contains { $0.contains("stale-ignore") && $0.contains("`info-contact`") }, "\(changed)")
            #expect(lines.count == 2, "\(changed)")
            #expect(
                try Self.lint(["specs/a.yaml", "--skip-rule", "info-contact", "--format", "text"], in: folder).output
                    .split(separator: "\n").count == 1, "a rule that is not asked leaves its entries alone")
        }

        @Test("GitHub's annotations have paths from the checkout, lines from 1, and a page for the job")
        func annotations() throws {
            let folder = try TemporaryFolder(["specs/a.yaml": Self.pets])
            let environment = ["GITHUB_WORKSPACE": folder.path, "GITHUB_STEP_SUMMARY": folder.path + "/summary.md"]
            let result = try Self.lint(
                [folder.path + "/specs/a.yaml", "--format", "github-actions"], in: folder, environment: environment)
            #expect(result.code == 1)
            let first = result.output.split(separator: "\n").first ?? ""
            #expect(first.hasPrefix("::error ") && first.contains("file=specs/a.yaml,line=5,"), "\(result.output)")
            #expect(FileContent.text(folder.path + "/summary.md").contains("path-params"))
        }

        @Test("several reports in one run: to files and to the terminal")
        func reports() throws {
            let folder = try TemporaryFolder(["a.yaml": Self.pets])
            let result = try Self.lint(
                ["a.yaml", "-f", "sarif:lint.sarif", "-f", "junit:lint.xml", "-f", "html:lint.html", "-f", "stylish"],
                in: folder)
            #expect(result.output.contains("path-params"))
            let sarif = try JSONDocument(
                parsing: SourceFile(path: "lint.sarif", bytes: FileContent.bytes(folder.path + "/lint.sarif") ?? []))
            #expect(sarif.root["version"]?.string == "2.1.0")
            #expect(sarif.root["runs"]?[0]?["results"]?.count ?? 0 > 3)
            let page = FileContent.text(folder.path + "/lint.html")
            #expect(page.contains("path-params") && !page.contains("<script src"))
            let parsed = try ChildProcess.run(
                [
                    "python3", "-c",
                    "import sys, xml.dom.minidom as x; print(len(x.parse(sys.argv[1]).getElementsByTagName('testcase')))",
                    folder.path + "/lint.xml",
                ], within: 60)
            #expect(Int(parsed.output.split(separator: "\n").first ?? "") ?? 0 > 3, "\(parsed)")
        }

        @Test("standard input is linted under the name that is given")
        func standardInput() throws {
            let folder = try TemporaryFolder([:])
            let result = try Self.lint(
                ["--stdin-filepath", "api/pets.yaml", "--format", "text"], in: folder, input: Self.pets)
            #expect(result.output.hasPrefix("api/pets.yaml:"))
            #expect(
                try Self.lint(["-", "--format", "text"], in: folder, input: Self.pets).output.hasPrefix("<STDIN>:"))
        }
    }
}
