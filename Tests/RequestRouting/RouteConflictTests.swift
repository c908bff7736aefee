import RequestRouting
import SourceDiagnostics
import Testing

@Suite("Conflicts and faults in definitions")
struct RouteConflictTests {
    @Test(
        "a template with a fault is told with a code and a place",
        arguments: [
            ("items", "template-without-slash", "items"), ("", "template-without-slash", ""),
            ("/a/{id", "template-unclosed-expression", "{id"), ("/a/{x{y}", "template-unclosed-expression", "{x"),
            ("/a}/b", "template-unopened-expression", "}"), ("/a/{}", "template-empty-name", "{}"),
            ("/{id}/x/{id}", "template-duplicate-name", "{id}"), ("/{a}{b}", "template-adjacent-expressions", "{b}"),
            ("/x{a}{b}y", "template-adjacent-expressions", "{b}"), ("/a?x=1", "template-query", "?"),
            ("/a/{b}#c", "template-fragment", "#"), ("/a%zz", "template-triplet", "%"),
            ("/a\\b", "template-backslash", "\\"),
            ("/a\u{1}b", "template-control-character", "\u{1}"), ("/a/../b", "template-unreachable", "/a/../b"),
            ("/a/%2e/b", "template-unreachable", "/a/%2e/b"), ("/a%00", "template-unreachable", "/a%00"),
            ("/%ff", "template-unreachable", "/%ff"), ("/a%5Cb/{x}", "template-unreachable", "/a%5Cb/{x}"),
        ])
    func faults(template: String, code: String, part: String) {
        let source = "paths: '\(template)': x"
        let file = SourceFile(path: "openapi.yaml", bytes: Array(source.utf8))
        var builder = RouteTableBuilder()
        let start = 7
        builder.add(
            RouteDefinition(
                id: RouteID(index: 0), method: "GET", template: template,
                range: SourceRange(file: file, lowerBound: start, upperBound: start + template.utf8.count + 2),
                name: "x"))
        let diagnostics = builder.build().1
        #expect(diagnostics.map(\.code) == [code])
        #expect(diagnostics.allSatisfy { $0.severity == .error })
        let range = diagnostics.first?.range
        let text = range.map { String(decoding: file.bytes[$0.lowerBound..<$0.upperBound], as: UTF8.self) }
        #expect(text == part)
    }

    @Test("all faults of a template are told at once")
    func severalFaults() {
        #expect(
            RoutingTable(["GET /{}/{a}{b}/c?d"]).codes
                == ["template-empty-name", "template-adjacent-expressions", "template-query"])
    }

    @Test("a template is limited in length, segments and expressions")
    func limits() {
        #expect(RoutingTable(["GET /" + String(repeating: "a", count: 4096)]).codes == ["template-too-long"])
        #expect(RoutingTable(["GET " + String(repeating: "/a", count: 129)]).codes == ["template-too-many-segments"])
        #expect(RoutingTable(["GET " + String(repeating: "/a", count: 128)]).codes == [])
        #expect(
            RoutingTable(["GET " + String(repeating: "/a", count: 128)], mount: "/m").codes == [
                "template-too-many-segments"
            ])
        let expressions = (0..<33).map { "{v\($0)}" }.joined(separator: "/")
        #expect(RoutingTable(["GET /\(expressions)"]).codes == ["template-too-many-expressions"])
    }

    @Test("a method is a token", arguments: ["", "GE T", "GET\r\n", "GÉT", "(x)"])
    func methods(method: String) {
        var builder = RouteTableBuilder()
        builder.add(RouteDefinition(id: RouteID(index: 0), method: method, template: "/x", name: "x"))
        #expect(builder.build().1.map(\.code) == ["method-invalid"])
    }

    @Test(
        "equal shapes with one method conflict, and a URL shows it",
        arguments: [
            (["GET /a/{x}", "GET /a/{y}"], "GET http://localhost/a/x"),
            (["PUT /café", "PUT /caf%c3%a9"], "PUT http://localhost/caf%C3%A9"),
            (["GET /{a}.json", "GET /{b}.json"], "GET http://localhost/x.json"),
            (["LINK /x", "LINK /x"], "LINK http://localhost/x"),
            (["GET /items", "GET /%69tems"], "GET http://localhost/items"),
        ])
    func duplicates(lines: [String], witness: String) {
        let table = RoutingTable(lines)
        #expect(table.codes == ["route-duplicate"])
        #expect(table.diagnostics[0].message == "`\(lines[0])` and `\(lines[1])` both answer \(witness)")
        #expect(table.diagnostics[0].notes.count == 1)
        let path = witness.split(separator: "localhost")[1]
        #expect(table.answer("\(lines[0].split(separator: " ")[0]) \(path)").hasPrefix(lines[0]), "the first one stays")
    }

    @Test("conflicts are found across mounts, APIs and hosts, once for each pair")
    func acrossAPIs() {
        let mounts = RoutingTable(apis: [([], "/a", ["GET /{x}"]), ([], "/", ["GET /a/{y}"])])
        #expect(mounts.codes == ["route-duplicate"])
        let hosts = RoutingTable(apis: [
            (["a.test", "b.test"], "/", ["GET /x"]), (["B.test", "a.test."], "/", ["GET /x"]),
        ])
        #expect(hosts.codes == ["route-duplicate"])
        #expect(hosts.diagnostics[0].message.contains("http://b.test/x"))
        let wildcards = RoutingTable(apis: [(["*.test"], "/", ["GET /x"]), (["*.TEST"], "/", ["GET /x"])])
        #expect(wildcards.diagnostics.map(\.message) == ["`GET /x` and `GET /x` both answer GET http://x.test/x"])
        let twice = RoutingTable(["GET /x"], hosts: ["a.test", "A.test"])
        #expect(twice.codes.isEmpty)
        let different = RoutingTable(
            apis: [
                (["a.test"], "/", ["GET /x"]), ([], "/", ["GET /x"]), (["*.test"], "/", ["GET /x"]),
                ([], "/", ["PUT /x"]),
            ])
        #expect(different.codes.isEmpty)
    }

    @Test(
        "templates between which no rule decides are ambiguous, whatever their methods",
        arguments: [
            (["GET /{a}-{b}", "GET /{a}.{b}"], "/x-x.x"), (["GET /{a}-{b}", "POST /{a}.{b}"], "/x-x.x"),
            (["GET /x{a}", "GET /{a}y"], "/xy"), (["GET /{a}-{b}/{c}/z", "GET /{a}.{b}/y/{c}"], "/x-x.x/y/z"),
            (["GET /p/{a}:x", "GET /p/y{a}x"], "/p/y:x"), (["GET /.{a}", "GET /{a}."], "/.x."),
            (["GET /{a}-{b}/c", "GET /{a}.{b}/{d}"], "/x-x.x/c"), (["GET /{a}2{b}", "GET /{a}-{b}"], "/x2x-x"),
        ])
    func ambiguous(lines: [String], path: String) throws {
        let table = RoutingTable(lines)
        #expect(table.codes == ["route-ambiguous"])
        let message = try #require(table.diagnostics.first?.message)
        let witness = try #require(message.split(separator: "http://localhost").last?.split(separator: ",").first)
        for line in lines {
            let alone = RoutingTable([line])
            let method = line.split(separator: " ")[0]
            #expect(alone.answer("\(method) \(witness)").hasPrefix(line), "\(witness) is matched by \(line)")
        }
        #expect(witness.count <= path.count)
    }

    @Test(
        "templates that a rule decides between, or that share no path, are not ambiguous",
        arguments: [
            ["GET /a/{x}", "GET /{y}/b"], ["GET /{a}.json", "GET /{a}"], ["GET /{a}.json", "GET /{a}.yaml"],
            ["GET /users({id})", "GET /group({id})"], ["GET /{a}-{b}/x", "GET /{a}.{b}/y"], ["GET /x{a}", "GET /y{a}"],
            ["GET /{a}.{b}", "GET /{a}...{b}"], ["GET /{a}2F{b}", "GET /{a}%2F{b}"],
            ["GET /{a}-{b}", "GET /{a}.{b}/c"],
            ["GET /ab{x}cd", "GET /ae{x}fd"], ["GET /x/{a}-{b}", "GET /y/{a}.{b}"],
        ])
    func unambiguous(lines: [String]) {
        #expect(RoutingTable(lines).codes == [])
    }
}
