import RequestRouting
import Testing

@Suite("The route table")
struct RouteTableTests {
    @Test(
        "literal text further left wins, then more literal text in the segment",
        arguments: [
            ("GET /a/b/c", ["GET /a/{x}/c", "GET /a/b/{y}"], "GET /a/b/{y} | c"),
            ("GET /a/z/c", ["GET /a/{x}/c", "GET /a/b/{y}"], "GET /a/{x}/c | z"),
            ("GET /x/y", ["GET /{a}/{b}", "GET /{a}/y", "GET /x/{b}"], "GET /x/{b} | y"),
            ("GET /z/y", ["GET /{a}/{b}", "GET /{a}/y", "GET /x/{b}"], "GET /{a}/y | z"),
            ("GET /z/z", ["GET /{a}/{b}", "GET /{a}/y", "GET /x/{b}"], "GET /{a}/{b} | z | z"),
            ("GET /pets/mine", ["GET /pets/{id}", "GET /pets/mine"], "GET /pets/mine"),
            ("GET /films/me", ["GET /{entity}/me", "GET /books/{id}"], "GET /{entity}/me | films"),
            ("GET /books/me", ["GET /{entity}/me", "GET /books/{id}"], "GET /books/{id} | me"),
            ("GET /5.json", ["GET /{id}", "GET /{id}.json"], "GET /{id}.json | 5"),
            ("GET /5.xml", ["GET /{id}", "GET /{id}.json"], "GET /{id} | 5.xml"),
            ("GET /a.json", ["GET /{id}.json", "GET /a.json"], "GET /a.json"),
            ("GET /report.json", ["GET /{id}.json", "GET /report{x}"], "GET /report{x} | .json"),
            ("GET /b.tar.gz", ["GET /{n}.gz", "GET /{n}.tar.gz", "GET /{n}"], "GET /{n}.tar.gz | b"),
        ])
    func precedence(request: String, lines: [String], expected: String) {
        let table = RoutingTable(lines)
        #expect(table.codes.isEmpty)
        #expect(table.answer(request) == expected)
        #expect(RoutingTable(lines.reversed()).answer(request) == expected, "whatever the order of the document")
    }

    @Test(
        "a better segment that leads nowhere is left again",
        arguments: [
            ("GET /a/b/d", ["GET /a/b/c", "GET /a/{x}/d"], "GET /a/{x}/d | b"),
            ("GET /a/b/c/e", ["GET /a/b/c/d", "GET /a/{x}/c/f", "GET /{y}/b/c/e"], "GET /{y}/b/c/e | a"),
            ("GET /v.json/x", ["GET /{f}.json/y", "GET /{f}/x"], "GET /{f}/x | v.json"),
            ("GET /a-b/z", ["GET /{x}-b/y", "GET /a-{x}y/z", "GET /{x}-{y}/z"], "GET /{x}-{y}/z | a | b"),
            ("GET /a/b/c", ["GET /a/b/c/d", "GET /a/{x}"], "404"),
            ("GET /1/2/3", ["GET /{a}/2/{b}/4", "GET /{a}/{b}/3"], "GET /{a}/{b}/3 | 1 | 2"),
        ])
    func backtracking(request: String, lines: [String], expected: String) {
        #expect(RoutingTable(lines).answer(request) == expected)
    }

    @Test(
        "the first template that fits decides about the method",
        arguments: [
            ("POST /pets/mine", "405 GET"), ("POST /pets/7", "POST /pets/{id} | 7"),
            ("GET /pets/mine", "GET /pets/mine"),
            ("GET /pets/7", "GET /pets/{id} | 7"), ("DELETE /pets/7", "405 GET, POST"),
            ("HEAD /pets/7", "405 GET, POST"),
            ("get /pets/7", "405 GET, POST"), ("OPTIONS /pets/mine", "405 GET"), ("GET /jobs/7:cancel", "405 POST"),
            ("POST /jobs/7:cancel", "POST /jobs/{id}:cancel | 7"), ("LINK /links", "LINK /links"),
            ("UNLINK /links", "405 GET, QUERY, ARCHIVE, LINK"), ("ARCHIVE /links", "ARCHIVE /links"),
            ("LIN /links", "405 GET, QUERY, ARCHIVE, LINK"), ("LINKS /links", "405 GET, QUERY, ARCHIVE, LINK"),
            ("QUERY /links", "QUERY /links"), ("POST /links", "405 GET, QUERY, ARCHIVE, LINK"),
        ])
    func methods(request: String, expected: String) {
        let table = RoutingTable([
            "GET /pets/{id}", "POST /pets/{id}", "GET /pets/mine", "GET /jobs/{id}", "POST /jobs/{id}:cancel",
            "LINK /links", "QUERY /links", "ARCHIVE /links", "GET /links",
        ])
        #expect(table.answer(request) == expected)
    }

    @Test("all methods of OpenAPI are told apart, and Allow has a fixed order")
    func allMethods() {
        let methods = ["TRACE", "QUERY", "OPTIONS", "DELETE", "PATCH", "PUT", "POST", "HEAD", "GET"]
        let table = RoutingTable(methods.map { "\($0) /x" })
        for method in methods { #expect(table.answer("\(method) /x") == "\(method) /x") }
        #expect(table.answer("BREW /x") == "405 GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, QUERY")
        #expect(table.table.count == 9)
    }

    @Test("405 names the operation that was declared first, without values")
    func declaredBy() {
        let table = RoutingTable(["PUT /a/{x}", "GET /a/{y}"], mount: "/m")
        var captures = RouteCaptures()
        let match = table.match("POST", "/m/a/1", captures: &captures)
        guard case .methodNotAllowed(let allowed, let declaredBy, let mountLength) = match else {
            Issue.record("\(match)")
            return
        }
        #expect(allowed.fieldValue == Array("GET, PUT".utf8))
        #expect(declaredBy == RouteID(index: 0))
        #expect(mountLength == 2)
        #expect(captures.count == 0)
    }

    @Test(
        "a segment is matched as a whole",
        arguments: [
            ("GET /items/1/2", ["GET /items", "GET /items/{id}"], "404"),
            ("GET /itemsX", ["GET /items"], "404"), ("GET /item", ["GET /items"], "404"),
            ("GET /items/", ["GET /items"], "404"), ("GET /items", ["GET /items/"], "404"),
            ("GET /items/", ["GET /items/"], "GET /items/"), ("GET /items/", ["GET /items/{id}"], "404"),
            ("GET /", ["GET /{id}"], "404"), ("GET /", ["GET /"], "GET /"), ("GET //", ["GET /"], "404"),
            ("GET //", ["GET //"], "GET //"), ("GET //t/x", ["GET /t/x"], "404"), ("GET /t//x", ["GET /t/x"], "404"),
            ("GET /a//b", ["GET /a/{x}/b"], "404"), ("GET /a//b", ["GET /a//b"], "GET /a//b"),
            ("GET /a/b/", ["GET /a/{x}/"], "GET /a/{x}/ | b"), ("GET /V2", ["GET /v2"], "404"),
            ("GET /files/a%2Fb", ["GET /files/{n}", "GET /files/{d}/{n}"], "GET /files/{n} | a%2Fb"),
            ("GET /files/a/b", ["GET /files/{n}", "GET /files/{d}/{n}"], "GET /files/{d}/{n} | a | b"),
            ("GET /items/5;v=1", ["GET /items/{id}"], "GET /items/{id} | 5;v=1"),
        ])
    func segments(request: String, lines: [String], expected: String) {
        #expect(RoutingTable(lines).answer(request) == expected)
    }

    @Test(
        "expressions stand beside literal text",
        arguments: [
            ("/report.{fmt}", "/report.csv", "csv"), ("/report.{fmt}", "/reportXcsv", nil),
            ("/report.{fmt}", "/report.", nil),
            ("/{id}.json", "/42.json", "42"), ("/{id}.json", "/42.jsonx", nil), ("/{id}.json", "/.json", nil),
            ("/{id}.json", "/a.json.json", "a.json"), ("/{a}-{b}", "/3-x", "3 x"), ("/{a}-{b}", "/-x", nil),
            ("/{a}-{b}", "/3-", nil), ("/{a}-{b}", "/--", nil), ("/{a}-{b}", "/---", "- -"),
            ("/{a}-{b}", "/1-2-3", "1 2-3"),
            ("/at/{lat},{lon}", "/at/48.1,11.5", "48.1 11.5"), ("/jobs/{id}:cancel", "/jobs/7:cancel", "7"),
            ("/jobs/{id}:cancel", "/jobs/7:cancelled", nil), ("/v{major}/status", "/v2/status", "2"),
            ("/v{major}/status", "/w2/status", nil), ("/v{major}/status", "/v/status", nil),
            ("/v{major}/status", "/V2/status", nil), ("/users({id})", "/users(5)", "5"),
            ("/users({id})", "/users(5", nil),
            ("/users({id})", "/users()", nil), ("/map{coord}", "/map;lat=1.5;lon=2", ";lat=1.5;lon=2"),
            ("/{base}...{head}", "/main...topic", "main topic"), ("/{base}...{head}", "/a....b", "a .b"),
            ("/{a}.{b}.{c}", "/1.2.3", "1 2 3"), ("/{a}.{b}.{c}", "/1..3", nil), ("/{a}.{b}.{c}", "/1...3", "1 . 3"),
            ("/{a}x{b}xx", "/axbxx", "a b"), ("/{a}x{b}xx", "/axxx", nil), ("/{a}x{b}xx", "/axxxx", "a x"),
            ("/a{x}a", "/aa", nil), ("/a{x}a", "/aaa", "a"), ("/{a}2{b}", "/x%2Fy", nil),
            ("/{a}2{b}", "/x%2Fy2z", "x%2Fy z"),
            ("/{a}F", "/x%2F", nil), ("/{a}2F", "/x%2F", nil), ("/{a}2F", "/x2F", "x"), ("/{a}5", "/%255", "%25"),
            ("/{a}%2F{b}", "/x%2Fy", "x y"), ("/{a}é", "/x%C3%A9", "x"), ("/{a}%{b}", "/x", nil),
            ("/{a}.json/{b}", "/x.json/y", "x y"),
            ("/long-literal-prefix-of-text-{x}", "/long-literal-prefix-of-text-7", "7"),
        ] as [(String, String, String?)])
    func mixed(template: String, path: String, values: String?) {
        let table = RoutingTable(["GET \(template)"])
        let expected = values.map { "GET \(template) | " + $0.replacing(" ", with: " | ") } ?? "404"
        #expect(table.answer("GET \(path)") == expected)
    }

    @Test(
        "literals are compared in their canonical form",
        arguments: [
            ("/café", "/caf%C3%A9"), ("/caf%C3%A9", "/caf%c3%a9"), ("/caf%c3%a9", "/caf%C3%A9"), ("/items", "/%69tems"),
            ("/%69tems", "/items"), ("/a b", "/a%20b"), ("/a|b", "/a%7Cb"), ("/a%7cb", "/a|b"),
            ("/calc/a+b", "/calc/a+b"),
            ("/all*", "/all*"), ("/a%2Fb", "/a%2fb"), ("/€/{x}", "/%E2%82%AC/1"), ("/[x]", "/%5Bx%5D"),
        ])
    func literals(template: String, path: String) {
        #expect(RoutingTable(["GET \(template)"]).answer("GET \(path)").hasPrefix("GET \(template)"))
    }

    @Test(
        "characters that mean something elsewhere stand for themselves",
        arguments: [
            ("/calc/a+b", "/calc/aab"), ("/all*", "/allx"), ("/a.b", "/axb"), ("/a;b", "/a%3Bb"), ("/a:b", "/a%3Ab"),
            ("/a%2Fb", "/a/b"), ("/a+b", "/a%20b"), ("/a$", "/a"), ("/(a|b)", "/a"),
        ])
    func specialCharacters(template: String, path: String) {
        #expect(RoutingTable(["GET \(template)"]).answer("GET \(path)") == "404")
    }

    @Test("literals of every length are told apart", arguments: 0..<40)
    func literalLengths(length: Int) {
        let texts = (0..<40).map { String(repeating: "k", count: $0) }
        let table = RoutingTable(texts.flatMap { ["GET /\($0)", "GET /\($0)z/{x}", "GET /p/\($0)/q"] })
        #expect(table.codes.isEmpty)
        #expect(table.answer("GET /\(texts[length])") == "GET /\(texts[length])")
        #expect(table.answer("GET /\(texts[length])y") == "404")
        #expect(
            table.answer("GET /\(texts[length])z/\(texts[length])v") == "GET /\(texts[length])z/{x} | \(texts[length])v"
        )
        #expect(table.answer("GET /p/\(texts[length])/q") == "GET /p/\(texts[length])/q")
    }

    @Test("a difference in any byte of a literal is seen", arguments: [1, 7, 8, 9, 15, 16, 17, 24, 33])
    func literalBytes(length: Int) {
        let text = String(repeating: "a", count: length)
        let table = RoutingTable(["GET /\(text)", "GET /\(text)/x"])
        for place in 0..<length {
            var bytes = Array(text.utf8)
            bytes[place] = 0x62
            #expect(table.answer("GET /" + String(decoding: bytes, as: UTF8.self)) == "404")
        }
    }

    @Test("a template has up to 32 expressions, and a list of values keeps to its bounds")
    func captures() {
        let template = "/" + (0..<32).map { "{v\($0)}" }.joined(separator: "/")
        let path = "/" + (0..<32).map { "\($0)" }.joined(separator: "/")
        let table = RoutingTable(["GET \(template)"])
        var captures = RouteCaptures()
        guard case .matched = table.match("GET", path, captures: &captures) else {
            Issue.record("no match")
            return
        }
        #expect(captures.count == RouteCaptures.capacity)
        Array(path.utf8).withUnsafeBytes { path in
            captures.withValues(in: path) { values in
                #expect(values.map { String(decoding: $0, as: UTF8.self) } == (0..<32).map { "\($0)" })
            }
            captures.withValues(in: UnsafeRawBufferPointer(rebasing: path[..<4])) { values in
                #expect(values.count == 32)
                #expect(values[31].isEmpty)
            }
        }
        #expect(captures[32].isEmpty)
        #expect(captures[-1].isEmpty)
        #expect(table.match("GET", path + "/x", captures: &captures) == .notFound(nil))
        #expect(captures.count == 0)
    }

    @Test("odd requests find nothing", arguments: ["", "x", "*", "%", "/%", "/a%2", "/%%%%%%%%", "/\u{0}\u{0}"])
    func oddPaths(path: String) {
        let table = RoutingTable(["GET /{a}-{b}/c", "GET /{a}%2F{b}", "GET /x{y}", "GET /a/b"])
        var captures = RouteCaptures()
        #expect(table.match("GET", path, captures: &captures) == .notFound(nil))
        #expect(table.match("", path, captures: &captures) == .notFound(nil))
    }

    @Test("an empty table finds nothing")
    func empty() {
        #expect(RoutingTable([]).answer("GET /") == "404")
    }

    @Test("many branches that all lead nowhere cost no more than the table has nodes", .timeLimit(.minutes(1)))
    func worstCase() {
        let lines = (0..<1024).map { number in
            "GET /" + (0..<10).map { number >> $0 & 1 == 0 ? "a" : "{v\($0)}" }.joined(separator: "/") + "/end"
        }
        let table = RoutingTable(lines)
        #expect(table.codes.isEmpty)
        #expect(table.answer("GET /a/a/a/a/a/a/a/a/a/a/no") == "404")
        #expect(table.answer("GET /b/b/b/b/b/b/b/b/b/b/end").hasPrefix("GET /{v0}/{v1}"))
    }
}
