import Foundation
import Testing
import TrafficPolicies

@Suite("Names and passwords")
struct BasicPolicyTests {
    private static let users =
        "ada:secret\nbob:pass:word\r\n\nbob:second\nzoë:gefüllt\n"
        + "eve:{SHA256}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\n"

    private func verdict(_ value: String, scheme: String = "Basic") throws -> String {
        let plan = try PolicyFixture.plan(PolicyFixture.basic(Self.users))
        return RequestFixture([("Authorization", "\(scheme) \(value)")]).verdict(plan)
    }

    @Test(
        "the right password of a user passes (RFC 7617)",
        arguments: [
            ("ada:secret", "granted staff/ada"), ("bob:pass:word", "granted staff/bob"),
            ("bob:second", "granted staff/bob"),
            ("zoë:gefüllt", "granted staff/zoë"), ("eve:secret", "granted staff/eve"),
            ("ada:Secret", "401 unknown-credential"),
            ("ada:", "401 unknown-credential"), (":secret", "401 unknown-credential"), (":", "401 unknown-credential"),
            ("ada", "401 malformed-credential"), ("adas:ecret", "401 unknown-credential"),
            ("ADA:secret", "401 unknown-credential"),
            ("bob:secret", "401 unknown-credential"), ("ada:secret\n", "401 malformed-credential"),
            ("ada:secret\0", "401 malformed-credential"),
            ("eve:{SHA256}2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", "401 unknown-credential"),
        ])
    func users(pair: String, expected: String) throws {
        #expect(try verdict(Data(pair.utf8).base64EncodedString()) == expected)
    }

    @Test(
        "credentials have one form",
        arguments: [
            ("YWRhOnNlY3JldA==", "granted staff/ada"), ("YWRhOnNlY3JldA", "401 malformed-credential"),
            ("YWRhOnNlY3JldA=", "401 malformed-credential"), ("YWRhOnNlY3JldA===", "401 malformed-credential"),
            ("YWRhOnNlY3JldB==", "401 malformed-credential"), ("YWRh OnNlY3JldA==", "401 malformed-credential"),
            ("====", "401 malformed-credential"), ("%%%%", "401 malformed-credential"),
        ])
    func form(value: String, expected: String) throws {
        #expect(try verdict(value) == expected)
    }

    @Test("the scheme's name has no case, and another scheme is another place")
    func scheme() throws {
        let plan = try PolicyFixture.plan(PolicyFixture.basic(Self.users))
        #expect(try verdict("YWRhOnNlY3JldA==", scheme: "bASIC") == "granted staff/ada")
        #expect(try verdict("YWRhOnNlY3JldA==", scheme: "Basic  ") == "granted staff/ada")
        #expect(try verdict("YWRhOnNlY3JldA==", scheme: "Bearer") == "401 missing-credential")
        #expect(RequestFixture([("Authorization", "Basic")]).verdict(plan) == "401 malformed-credential")
        let twice = RequestFixture([
            ("Authorization", "Basic YWRhOnNlY3JldA=="), ("authorization", "Basic YWRhOnNlY3JldA=="),
        ])
        #expect(twice.verdict(plan) == "401 repeated-credential")
        #expect(RequestFixture().challenges(plan) == #"Basic realm="shop", charset="UTF-8""#)
    }

    @Test(
        "a list that cannot be meant is an error with its line",
        arguments: [
            ("", "no user"), ("\n\n", "no user"), ("ada:x\nbob", "line 2 is not"), ("ada:", "line 1 has no"),
            (":x", "line 1 has no"),
            ("ada:x\nada:x", "line 2 repeats"), ("ada:a\u{1}b", "control"), ("ada:$2y$10$abc", "only kind"),
            ("ada:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "only kind"), ("ada:{SHA256}xyz", "64 hexadecimal"),
            ("ada:$apr1$a$b", "only kind"),
        ])
    func errors(users: String, expected: String) {
        let error = #expect(throws: CredentialPolicyError.self) { try PolicyFixture.basic(users) }
        #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
    }

    @Test("quotation marks and line ends in a realm cannot leave it")
    func realm() throws {
        let plan = try PolicyFixture.plan(PolicyFixture.basic("a:b", realm: "a\"b\\c\r\nX: yé"))
        #expect(RequestFixture().challenges(plan) == #"Basic realm="a\"b\\c??X: y?", charset="UTF-8""#)
    }
}
