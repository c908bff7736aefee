import RequestRouting
import Testing

/// Faults of routing that comparable gateways have or had, each as a test of ours. Numbers are those of the list in the
/// design notes on contracts, section 9.
@Suite("Faults of comparable systems: routing")
struct PeerFaultTests {
    @Test(
        "17: an encoded slash is data, never a separator",
        arguments: [
            ("GET /files/a%2Fb", "GET /files/{name} | a%2Fb"), ("GET /files%2Fa", "404"),
            ("GET /files/a%2Fb/c", "404"), ("GET /files/a/b", "404"),
        ])
    func encodedSlash(request: String, expected: String) {
        #expect(RoutingTable(["GET /files/{name}"]).answer(request) == expected)
    }

    @Test(
        "18: a path that another server might resolve elsewhere is refused before it is matched",
        arguments: ["/public/%2e%2e/admin", "/public/..%2Fadmin", "/public/..;/admin", "/public/.%2e/admin"])
    func dotSegments(path: String) {
        #expect(Canonical(path).outcome == .refused(.dotSegment))
    }

    @Test("18: what is matched is what is forwarded: equivalent spellings become one before both")
    func oneSpelling() {
        #expect(Canonical("/%61dmin").text == "/admin")
    }

    @Test(
        "19: a concrete path is asked before a templated one, whatever their order",
        arguments: [
            ["GET /users/{id}", "GET /users/me"], ["GET /users/me", "GET /users/{id}"],
        ])
    func concreteFirst(lines: [String]) {
        #expect(RoutingTable(lines).answer("GET /users/me") == "GET /users/me")
        #expect(RoutingTable(lines).answer("GET /users/7") == "GET /users/{id} | 7")
    }

    @Test("19: HEAD is a method of its own: it is not answered by GET's contract unless declared")
    func head() {
        #expect(RoutingTable(["GET /users"]).answer("HEAD /users") == "405 GET")
        #expect(RoutingTable(["GET /users", "HEAD /users"]).answer("HEAD /users") == "HEAD /users")
    }

    @Test(
        "20: characters that mean something in patterns stand for themselves in a template",
        arguments: [
            ("GET /a/$count", "GET /a/$count"), ("GET /v1.0/x", "GET /v1.0/{y} | x"), ("GET /v1x0/x", "404"),
            ("GET /q/(z)*", "GET /q/(z)*"), ("GET /q/zz", "404"),
        ])
    func specialCharacters(request: String, expected: String) {
        #expect(RoutingTable(["GET /a/$count", "GET /v1.0/{y}", "GET /q/(z)*"]).answer(request) == expected)
    }
}
