import RequestRouting
import Testing

@Suite("Hosts and mounts of the route table")
struct RouteHostTests {
    /// APIs on exact hosts, on wildcards and on any host.
    private let table = RoutingTable(
        apis: [
            (["shop.example.com"], "/", ["GET /exact", "GET /both", "GET /exact/{id}"]),
            (["*.example.com"], "/", ["GET /below", "GET /both", "POST /exact", "GET /exact/special"]),
            (["*.eu.example.com", "[::1]", "10.0.0.1"], "/", ["GET /eu"]),
            ([], "/", ["GET /any", "GET /exact", "GET /below"]),
        ])

    @Test(
        "the narrowest host is asked first, then the wider ones",
        arguments: [
            ("shop.example.com", "GET /exact", 0), ("shop.example.com", "GET /both", 1),
            ("shop.example.com", "GET /below", 3), ("shop.example.com", "GET /any", 8),
            ("SHOP.Example.COM", "GET /exact", 0), ("shop.example.com:8080", "GET /exact", 0),
            ("shop.example.com.", "GET /exact", 0), ("shop.example.com.:443", "GET /exact", 0),
            ("other.example.com", "GET /both", 4), ("other.example.com", "GET /below", 3),
            ("a.b.example.com", "GET /both", 4), ("a.eu.example.com", "GET /eu", 7),
            ("a.eu.example.com", "GET /both", 4),
            ("a.eu.example.com", "GET /any", 8), ("example.com", "GET /any", 8), ("example.com", "GET /exact", 9),
            ("elsewhere.test", "GET /exact", 9), ("", "GET /any", 8), ("[::1]", "GET /eu", 7),
            ("[::1]:80", "GET /eu", 7),
            ("10.0.0.1:80", "GET /eu", 7), ("xexample.com", "GET /below", 10), (".example.com", "GET /below", 10),
            ("evil.test:80:shop.example.com", "GET /exact", 9), ("shop.example.com.evil.test", "GET /exact", 9),
        ])
    func chain(host: String, request: String, row: Int) {
        var captures = RouteCaptures()
        let words = request.split(separator: " ").map(String.init)
        let match = table.match(words[0], words[1], host: host, captures: &captures)
        #expect(match == .matched(RouteID(index: row), mountLength: 0))
    }

    @Test(
        "a path that the narrower host declares is decided there",
        arguments: [
            ("POST /exact", "405 GET"), ("GET /exact/special", "GET /exact/{id} | special"), ("GET /eu", "404"),
        ])
    func decided(request: String, expected: String) {
        #expect(table.codes.isEmpty)
        #expect(table.answer(request, host: "shop.example.com") == expected)
    }

    @Test("a table without routes for any host finds nothing elsewhere")
    func onlyHosts() {
        let table = RoutingTable(["GET /x"], hosts: ["a.test", "b.test"])
        #expect(table.answer("GET /x", host: "a.test") == "GET /x")
        #expect(table.answer("GET /x", host: "b.test") == "GET /x")
        for host in ["c.test", "", "a.test.c.test", "test", ".", "..", ":", "[", "a.test:", "[::1"]
        where host != "a.test:" {
            #expect(table.answer("GET /x", host: host) == "404")
        }
    }

    @Test("hundreds of hosts are told apart")
    func manyHosts() {
        let hosts = (0..<400).map { "c\($0).test" }
        let table = RoutingTable(apis: hosts.map { ([$0], "/", ["GET /\($0)"]) })
        for host in hosts {
            #expect(table.answer("GET /\(host)", host: host) == "GET /\(host)")
            #expect(table.answer("GET /\(host)x", host: host) == "404")
        }
    }

    @Test(
        "a host that is none is refused",
        arguments: [
            "", ".", "a..b", "*", "*.", "*.*.test", "a.*.test", "http://a.test", "a.test:80", "a b", "münchen.test",
            "[::1",
            "[a]", "a/b", String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
        ])
    func malformedHosts(host: String) {
        let table = RoutingTable(["GET /x"], hosts: [host])
        #expect(table.codes == ["host-invalid"])
        #expect(table.answer("GET /x") == "404")
    }

    @Test(
        "a mount is a prefix on a segment boundary",
        arguments: [
            ("/shop", "GET /items", "/shop/items", 5), ("/shop/", "GET /items", "/shop/items", 5),
            ("/", "GET /items", "/items", 0), ("/a/b", "GET /{x}", "/a/b/7", 4),
            ("/caf%c3%a9", "GET /x", "/caf%C3%A9/x", 10),
            ("/café", "GET /x", "/caf%C3%A9/x", 10), ("/shop", "GET /", "/shop/", 5),
            ("/%73hop", "GET /x", "/shop/x", 5),
        ])
    func mounts(mount: String, line: String, path: String, length: Int) {
        let table = RoutingTable([line], mount: mount)
        #expect(table.codes.isEmpty)
        var captures = RouteCaptures()
        #expect(table.match("GET", path, captures: &captures) == .matched(RouteID(index: 0), mountLength: length))
        #expect(table.match("GET", path + "x/y/z", captures: &captures) == .notFound(nil))
    }

    @Test(
        "neither the mount alone nor a longer name is the mount",
        arguments: ["/shop", "/shopitems", "/shopx/items", "/items"])
    func mountBoundary(path: String) {
        #expect(RoutingTable(["GET /items", "GET /"], mount: "/shop").answer("GET \(path)") == "404")
    }

    @Test(
        "a mount that is none is refused",
        arguments: [
            "", "shop", "/a/../b", "/a?b", "/a#b", "/{x}", "/a\\b", "/a%", "/a%00", "//", "/a//", "/%2e%2e", "/a\u{1}",
        ])
    func malformedMounts(mount: String) {
        #expect(RoutingTable(["GET /x"], mount: mount).codes == ["mount-invalid"])
    }

    @Test("of APIs whose mounts nest, the better template wins")
    func nestedMounts() {
        let table = RoutingTable(
            apis: [([], "/shop", ["GET /{id}"]), ([], "/", ["GET /shop/items", "GET /{area}/{id}/x"])])
        #expect(table.codes.isEmpty)
        #expect(table.answer("GET /shop/items") == "GET /shop/items")
        #expect(table.answer("GET /shop/7") == "GET /{id} | 7")
        #expect(table.answer("GET /shop/7/x") == "GET /{area}/{id}/x | shop | 7")
    }

    @Test("methods of one path can belong to different APIs")
    func sharedPath() {
        let table = RoutingTable(apis: [([], "/a", ["GET /x"]), ([], "/", ["POST /a/x"])])
        #expect(table.codes.isEmpty)
        var captures = RouteCaptures()
        #expect(table.match("GET", "/a/x", captures: &captures) == .matched(RouteID(index: 0), mountLength: 2))
        #expect(table.match("POST", "/a/x", captures: &captures) == .matched(RouteID(index: 1), mountLength: 0))
        #expect(table.answer("PUT /a/x") == "405 GET, POST")
    }

    @Test(
        "a request without an operation belongs to the most specific mount",
        arguments: [
            ("/x", "gw.test", 0, 0), ("/shop/x", "gw.test", 1, 5), ("/shop", "gw.test", 1, 5),
            ("/shopping", "gw.test", 0, 0),
            ("/shop/eu/x", "gw.test", 2, 8), ("/shop/eu", "gw.test", 2, 8), ("/shop/eux", "gw.test", 1, 5),
            ("/shop/x", "own.test", 3, 0), ("//shop/x", "gw.test", 0, 0),
        ])
    func places(path: String, host: String, mount: Int, length: Int) {
        let table = RoutingTable(
            apis: [],
            places: [
                MountDefinition(id: MountID(index: 0), prefix: "/", name: "root"),
                MountDefinition(id: MountID(index: 1), prefix: "/shop", name: "shop"),
                MountDefinition(id: MountID(index: 2), prefix: "/shop/eu/", name: "eu"),
                MountDefinition(id: MountID(index: 3), hosts: ["own.test"], prefix: "/", name: "own"),
            ])
        #expect(table.codes.isEmpty)
        var captures = RouteCaptures()
        let expected = MountMatch.expected(mount, length)
        #expect(table.match("GET", path, host: host, captures: &captures) == .notFound(expected))
    }

    @Test("where several APIs share a place, the one that takes what is undeclared is named; two of them conflict")
    func sharedPlace() {
        func table(_ second: Bool, _ third: Bool) -> RoutingTable {
            RoutingTable(
                apis: [],
                places: [
                    MountDefinition(id: MountID(index: 0), prefix: "/", name: "a"),
                    MountDefinition(id: MountID(index: 1), prefix: "/", takesUndeclared: second, name: "b"),
                    MountDefinition(id: MountID(index: 2), prefix: "/", takesUndeclared: third, name: "c"),
                ])
        }
        var captures = RouteCaptures()
        for (second, third, expected) in [(false, false, 0), (true, false, 1), (false, true, 2)] {
            let table = table(second, third)
            #expect(table.codes.isEmpty)
            #expect(table.match("GET", "/x", captures: &captures) == .notFound(.expected(expected, 0)))
        }
        let conflict = table(true, true)
        #expect(conflict.codes == ["mount-ambiguous"])
        #expect(conflict.diagnostics[0].message.contains("http://localhost/"))
    }
}

extension MountMatch {
    /// The match that a request without operation is expected to give, as a table gives it.
    fileprivate static func expected(_ mount: Int, _ length: Int) -> MountMatch? {
        MountMatch(id: MountID(index: mount), mountLength: length)
    }
}
