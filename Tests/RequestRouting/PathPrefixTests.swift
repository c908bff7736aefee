import RequestRouting
import Testing

@Suite("Prefixes of paths")
struct PathPrefixTests {
    @Test(
        "the upstream's prefix takes the place of the mount",
        arguments: [
            ("/", "/items/7", 0, "/items/7"), ("/", "/shop/items", 5, "/items"), ("/v1", "/shop/items", 5, "/v1/items"),
            ("/v1/", "/shop/items", 5, "/v1/items"), ("/v1", "/items", 0, "/v1/items"), ("/", "/shop", 5, "/"),
            ("/v1", "/shop", 5, "/v1"), ("/", "/shop/", 5, "/"), ("/caf%c3%a9", "/x", 0, "/caf%C3%A9/x"),
            ("/", "/", 0, "/"), ("/v1", "/shop", 99, "/v1"), ("/v1", "/shop", -1, "/v1/shop"),
        ])
    func joined(prefix: String, path: String, mountLength: Int, expected: String) throws {
        let prefix = try PathPrefix(prefix)
        let result = Array(path.utf8).withUnsafeBytes { path in
            prefix.joined(with: path, mountLength: mountLength) { Array($0) + Array($1) }
        }
        #expect(String(decoding: result, as: UTF8.self) == expected)
    }

    @Test("a prefix describes itself in canonical form", arguments: [("/", "/"), ("/a/", "/a"), ("/%61|b", "/a%7Cb")])
    func description(text: String, expected: String) throws {
        #expect(try PathPrefix(text).description == expected)
    }

    @Test(
        "a prefix with a dot segment or an expression is none", arguments: ["/..", "/a/./b", "/{a}", "a", "", "/a%5Cb"])
    func malformed(text: String) {
        #expect(throws: PathPrefix.Malformed.self) { try PathPrefix(text) }
    }
}
