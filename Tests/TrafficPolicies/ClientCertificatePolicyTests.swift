import HTTPExchanges
import Testing
import TrafficPolicies

@Suite("Policies for certificates of clients")
struct ClientCertificatePolicyTests {
    private static func certificate(_ subject: String, _ names: [ClientCertificate.Name] = []) -> ClientCertificate {
        ClientCertificate(subject: Array(subject.utf8), names: names, notAfter: 1_000)
    }

    private static func dns(_ name: String) -> ClientCertificate.Name { .dns(Array(name.utf8)) }

    /// What a policy says of a certificate: the consumer, or the refusal.
    private static func verdict(
        subjects: [String] = [], names: [String] = [], _ certificate: ClientCertificate?, at now: Int64 = 0
    ) throws -> String {
        let policy = CredentialPolicy(
            name: "machines", kind: .clientCertificate(try ClientCertificatePolicy(subjects: subjects, names: names)))
        let scheme = SchemeDescription(name: "mtls", kind: .mutualTLS)
        let plan = try SecurityRequirementPlan(requirements: [[.init(try SchemeBinding(scheme, policy: policy))]])
        let peer = certificate.map { ConnectionPeer(address: ClientAddress([]), certificate: $0) }
        var workspace = CredentialWorkspace()
        let decision = RequestFixture().withView(from: peer) { plan.evaluate($0, at: now, using: &workspace) }
        switch decision {
        case .granted(let consumer?): return "\(consumer.policy)/\(workspace.name(of: consumer))"
        case .unauthenticated(let challenges, let reason):
            #expect(challenges == [Array("ClientCertificate realm=\"lintel\"".utf8)])
            return reason.rawValue
        default: return "\(String(describing: decision))"
        }
    }

    @Test("subjects are compared as names, and are the consumer's name")
    func subjects() throws {
        let subject = "CN=partner,O=Example\\, Inc."
        #expect(
            try Self.verdict(subjects: ["cn=partner, o=Example\\2C Inc."], Self.certificate(subject))
                == "machines/\(subject)")
        #expect(try Self.verdict(subjects: ["CN=partner"], Self.certificate(subject)) == "unknown-credential")
        #expect(
            try Self.verdict(subjects: ["CN=Partner,O=Example\\, Inc."], Self.certificate(subject))
                == "unknown-credential")
    }

    @Test(
        "names: whole, of DNS without regard to case, with one label in front where a star stands",
        arguments: [
            ("a.partner.test", "a.partner.test", true), ("A.Partner.Test", "a.partner.test", true),
            ("*.partner.test", "a.partner.test", true), ("*.partner.test", "a.b.partner.test", false),
            ("*.partner.test", "partner.test", false), ("*.partner.test", ".partner.test", false),
            ("*.partner.test", "a.partner.test.evil", false), ("partner.test", "a.partner.test", false),
        ])
    func names(listed: String, name: String, passes: Bool) throws {
        let certificate = Self.certificate("CN=x", [Self.dns("other"), Self.dns(name)])
        #expect(try Self.verdict(names: [listed], certificate) == (passes ? "machines/\(name)" : "unknown-credential"))
    }

    @Test("URIs and mail are compared exactly, and a star means nothing in them")
    func otherNames() throws {
        let uri = Self.certificate(
            "", [.uri(Array("spiffe://shop/orders".utf8)), .email(Array("a@b.partner.test".utf8))])
        #expect(try Self.verdict(names: ["spiffe://shop/orders"], uri) == "machines/spiffe://shop/orders")
        #expect(try Self.verdict(names: ["spiffe://shop/Orders"], uri) == "unknown-credential")
        #expect(try Self.verdict(names: ["a@b.partner.test"], uri) == "machines/a@b.partner.test")
        #expect(try Self.verdict(names: ["*.partner.test"], uri) == "unknown-credential")
    }

    @Test("without lists everybody passes whom the authorities vouch for; without a certificate nobody")
    func everybody() throws {
        #expect(try Self.verdict(Self.certificate("CN=x", [Self.dns("a")])) == "machines/CN=x")
        #expect(try Self.verdict(Self.certificate("", [Self.dns("a")])) == "machines/a")
        #expect(try Self.verdict(Self.certificate("")) == "unknown-credential")
        #expect(try Self.verdict(nil) == "missing-credential")
        #expect(try Self.verdict(Self.certificate("CN=x"), at: 1_000) == "machines/CN=x")
        #expect(try Self.verdict(Self.certificate("CN=x"), at: 1_001) == "certificate-expired")
    }

    @Test("what cannot stand in a certificate is refused at load, and schemes fit only their policies")
    func mistakes() throws {
        for (subjects, names, code) in [
            (["partner"], [], "invalid-subject"), ([], ["a*.test"], "invalid-name"), ([], ["*."], "invalid-name"),
            ([], ["a b"], "invalid-name"), ([], [""], "invalid-name"), ([], ["*.*.test"], "invalid-name"),
        ] {
            do throws(CredentialPolicyError) {
                _ = try ClientCertificatePolicy(subjects: subjects, names: names)
                Issue.record("\(subjects) \(names) passed")
            } catch {
                #expect(error.code == code)
            }
        }
        let policy = CredentialPolicy(
            name: "m", kind: .clientCertificate(try ClientCertificatePolicy(subjects: [], names: [])))
        for kind in [SchemeDescription.Kind.http("bearer"), .oauth2, .apiKey(.header([0x61]))] {
            #expect(throws: CredentialPolicyError.self) {
                try SchemeBinding(SchemeDescription(name: "s", kind: kind), policy: policy)
            }
        }
    }
}

@Suite("Limits of requests at the same time")
struct ConcurrencyTableTests {
    @Test("so many at once, each caller by itself, and nothing is left behind")
    func places() {
        let table = ConcurrencyTable()
        #expect(table.enter(1, limit: 2) && table.enter(1, limit: 2) && !table.enter(1, limit: 2))
        #expect(table.enter(.max, limit: 1) && table.count == 2)
        table.leave(1)
        #expect(table.enter(1, limit: 2) && !table.enter(1, limit: 2))
        table.leave(1)
        table.leave(1)
        table.leave(1)
        table.leave(.max)
        #expect(table.count == 0 && table.enter(1, limit: 1))
    }
}
