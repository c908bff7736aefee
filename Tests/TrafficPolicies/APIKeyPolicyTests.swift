import Crypto
import Testing
import TrafficPolicies

@Suite("Keys from a list")
struct APIKeyPolicyTests {
    private static let keys: [(String, String?)] = [("alpha-1", "acme"), ("alpha-2", nil), ("b+/= c", "blank")]

    @Test(
        "a key in a header",
        arguments: [
            ([("X-Key", "alpha-1")], "granted p/acme"), ([("x-KEY", "alpha-2")], "granted p/key-2"),
            ([], "401 missing-credential"), ([("X-Key", "")], "401 missing-credential"),
            ([("X-Key", "ALPHA-1")], "401 unknown-credential"), ([("X-Key", "alpha-1x")], "401 unknown-credential"),
            ([("X-Key", "alpha-")], "401 unknown-credential"),
            ([("X-Key", "alpha-1, alpha-2")], "401 unknown-credential"),
            ([("X-Key", "alpha-1"), ("x-key", "alpha-1")], "401 repeated-credential"),
            ([("X-Key", ""), ("X-Key", "alpha-1")], "401 repeated-credential"),
            ([("X_Key", "alpha-1")], "401 missing-credential"), ([("X-Keys", "alpha-1")], "401 missing-credential"),
            ([("X-Key", "  alpha-1\t")], "granted p/acme"), ([("Cookie", "X-Key=alpha-1")], "401 missing-credential"),
        ] as [([(String, String)], String)])
    func header(fields: [(String, String)], expected: String) throws {
        let plan = try PolicyFixture.plan(PolicyFixture.keys("p", PolicyFixture.header("X-Key"), Self.keys))
        #expect(RequestFixture(fields).verdict(plan) == expected)
    }

    @Test(
        "a key in the query",
        arguments: [
            ("/s?key=alpha-1", "granted p/acme"), ("/s?a=1&key=alpha-1&b", "granted p/acme"),
            ("/s?%6bey=%61lpha-1", "granted p/acme"), ("/s?key=b%2B/%3d+c", "granted p/blank"),
            ("/s?key=b%2B/=%20c", "granted p/blank"), ("/s", "401 missing-credential"),
            ("/s?", "401 missing-credential"),
            ("/s?key", "401 missing-credential"), ("/s?key=", "401 missing-credential"),
            ("/s?Key=alpha-1", "401 missing-credential"), ("/s?key=nope", "401 unknown-credential"),
            ("/s?key=alpha-1&key=alpha-1", "401 repeated-credential"),
            ("/s?key&key=alpha-1", "401 repeated-credential"),
            ("/s?key=alpha-1&k%65y=x", "401 repeated-credential"), ("/s?key=alpha-1%", "401 malformed-credential"),
            ("/s?key=%zz", "401 malformed-credential"), ("/s?key=alpha-1;key=x", "401 unknown-credential"),
            ("/s?xkey=alpha-1", "401 missing-credential"), ("/s?%=1&key=alpha-1", "granted p/acme"),
            ("/s?&&key=alpha-1&", "granted p/acme"),
        ])
    func query(target: String, expected: String) throws {
        let plan = try PolicyFixture.plan(PolicyFixture.keys("p", PolicyFixture.query("key"), Self.keys))
        #expect(RequestFixture(target: target).verdict(plan) == expected)
    }

    @Test(
        "a key in a cookie",
        arguments: [
            (["sid=alpha-1"], "granted p/acme"), (["a=b; sid=alpha-1;c=d"], "granted p/acme"),
            (["a=b;sid=alpha-1"], "granted p/acme"), (["a=b", "sid=alpha-1"], "granted p/acme"),
            ([], "401 missing-credential"),
            (["sid="], "401 missing-credential"), (["sid"], "401 missing-credential"),
            (["SID=alpha-1"], "401 missing-credential"),
            (["xsid=alpha-1"], "401 missing-credential"), (["sid=\"alpha-1\""], "401 unknown-credential"),
            (["sid=alpha-1; sid=alpha-1"], "401 repeated-credential"),
            (["sid=alpha-1", "sid=x"], "401 repeated-credential"),
            (["a=sid=alpha-1"], "401 missing-credential"), (["sid=b+/= c"], "granted p/blank"),
            ([";;;"], "401 missing-credential"),
        ])
    func cookie(lines: [String], expected: String) throws {
        let plan = try PolicyFixture.plan(PolicyFixture.keys("p", PolicyFixture.cookie("sid"), Self.keys))
        #expect(RequestFixture(lines.map { ("Cookie", $0) }).verdict(plan) == expected)
    }

    @Test("a list may hold hashes, and a hash is not its own key")
    func hashes() throws {
        let hash = SHA256.hash(data: Array("alpha-1".utf8)).map { String($0, radix: 16).leftPadded() }.joined()
        let stored = "{SHA256}" + hash.uppercased()
        let plan = try PolicyFixture.plan(PolicyFixture.keys("p", PolicyFixture.header("X-Key"), [(stored, "acme")]))
        #expect(RequestFixture([("X-Key", "alpha-1")]).verdict(plan) == "granted p/acme")
        for other in [stored, hash, hash.uppercased()] {
            #expect(RequestFixture([("X-Key", other)]).verdict(plan) == "401 unknown-credential")
        }
    }

    @Test(
        "a list that cannot be meant is an error",
        arguments: [
            ([], "no key"), (["", "a"], "key 1 is empty"), (["a", "b", "a"], "key 3 repeats"),
            (["{SHA256}12"], "64 hexadecimal"),
            (["{SSHA}abc"], "only kind"), (["$2y$10$abcdefghijklmnopqrstuv"], "only kind"),
            (["a", "{SHA256}ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"], "key 2 repeats"),
        ])
    func errors(keys: [String], expected: String) {
        let error = #expect(throws: CredentialPolicyError.self) {
            try PolicyFixture.keys("p", PolicyFixture.header("X-Key"), keys.map { ($0, nil) })
        }
        #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
        for key in keys where key.count > 2 { #expect(error?.message.contains(key) == false) }
    }

    @Test("a long list is searched as a short one is")
    func longList() throws {
        let keys = (0..<5000).map { ("secret-\($0)", Optional("c\($0)")) }
        let plan = try PolicyFixture.plan(PolicyFixture.keys("p", PolicyFixture.header("X-Key"), keys))
        #expect(RequestFixture([("X-Key", "secret-4711")]).verdict(plan) == "granted p/c4711")
        #expect(RequestFixture([("X-Key", "secret-5000")]).verdict(plan) == "401 unknown-credential")
    }

    @Test("a key above 8 KiB is not looked at", arguments: [8192, 8193])
    func size(length: Int) throws {
        let key = String(repeating: "k", count: length)
        let header = try PolicyFixture.plan(PolicyFixture.keys("p", PolicyFixture.header("X-Key"), [(key, "long")]))
        let query = try PolicyFixture.plan(PolicyFixture.keys("p", PolicyFixture.query("key"), [(key, "long")]))
        let expected = length > 8192 ? "401 credential-too-large" : "granted p/long"
        #expect(RequestFixture([("X-Key", key)]).verdict(header) == expected)
        #expect(RequestFixture(target: "/s?key=" + key).verdict(query) == expected)
    }
}

@Suite("Fingerprints")
struct FingerprintTests {
    @Test("a hash in hexadecimal is the hash of the text")
    func hexadecimal() {
        let text = Array("alpha-1".utf8)
        let digits = SHA256.hash(data: text).map { String($0, radix: 16).leftPadded() }.joined()
        #expect(Fingerprint(hexadecimal: digits.utf8) == text.withUnsafeBytes { Fingerprint(of: $0) })
        #expect(Fingerprint(hexadecimal: digits.dropLast().utf8) == nil)
        #expect(Fingerprint(hexadecimal: (digits.dropLast() + "g").utf8) == nil)
    }

    /// The comparison has no early end: it folds all words, so each single bit decides, first or last.
    @Test("each of the 256 bits decides")
    func everyBit() throws {
        let zeros = String(repeating: "0", count: 64)
        let own = try #require(Fingerprint(hexadecimal: zeros.utf8))
        for digit in 0..<64 {
            for value in ["1", "2", "4", "8"] {
                var text = Array(zeros)
                text[digit] = Character(value)
                #expect(try #require(Fingerprint(hexadecimal: String(text).utf8)) != own)
            }
        }
    }
}

extension String {
    /// Two digits at least.
    func leftPadded() -> String { count < 2 ? "0" + self : self }
}
