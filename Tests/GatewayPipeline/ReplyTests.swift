import HTTPExchanges
import JSONDocuments
import MessageContracts
import SourceDiagnostics
import TestSupport
import Testing

@testable import GatewayPipeline

@Suite("Replies of the gateway's own")
struct ReplyTests {
    private static func parse(_ problem: ProblemDocument, instance: String = "id-1") throws -> JSONValue {
        let bytes = instance.octets.withUnsafeBytes { problem.json(instance: $0) }
        return try JSONDocument(parsing: SourceFile(path: "problem", bytes: bytes)).root
    }

    @Test("a problem document has the members of RFC 9457 §3.1, and no more than it needs")
    func plain() throws {
        let json = try Self.parse(ProblemDocument(status: 404, title: "Not Found", detail: "No \"such\" path.\n"))
        #expect(json.members.map(\.name) == ["type", "title", "status", "detail", "instance"])
        #expect(json["type"]?.string == "about:blank")
        #expect(json["title"]?.string == "Not Found")
        #expect(json["status"]?.int == 404)
        #expect(json["detail"]?.string == "No \"such\" path.\n")
        #expect(json["instance"]?.string == "id-1")
    }

    @Test("a broken contract names the operation and each violation")
    func violations() throws {
        let violation = ContractViolation(
            .body, pointer: "/items/0/quantity", code: "minimum", detail: "is less than 1",
            schema: "/components/schemas/Order")
        let named = ContractViolation(
            .query, name: "li\"mit", pointer: "", code: "type", detail: "\u{1}", schema: "/a~1b")
        let json = try Self.parse(
            ProblemDocument(
                status: 400, title: "Bad Request", detail: "d", operation: "createOrder", errors: [violation, named]))
        #expect(json["type"]?.string == "urn:lintel:contract-violation")
        #expect(json["operation"]?.string == "createOrder")
        let errors = try #require(json["errors"]).elements.map { $0 }
        #expect(errors[0].members.map(\.name) == ["in", "pointer", "code", "detail", "schema"])
        #expect(errors[0]["in"]?.string == "body")
        #expect(errors[0]["pointer"]?.string == "/items/0/quantity")
        #expect(errors[1]["name"]?.string == "li\"mit")
        #expect(errors[1]["detail"]?.string == "\u{1}")
    }

    @Test("an instance of any octets still gives valid JSON")
    func instances() throws {
        for instance in ["", "a\"b", "\\", "\r\n"] {
            #expect(try Self.parse(Self.problem, instance: instance)["status"]?.int == 400)
        }
    }

    private static let problem = ProblemDocument(status: 400, title: "t", detail: "d")

    @Test(
        "every failure has its status, and a client that is gone gets none",
        arguments: [
            (ExchangeFailure.Reason.connectRefused, 502), (.unresolvable, 502), (.connectionReset, 502),
            (.malformedResponse, 502),
            (.truncatedResponse, 502), (.unexpectedUpgrade, 502), (.connectTimeout, 504), (.responseHeadTimeout, 504),
            (.responseIdleTimeout, 504), (.exchangeTimeout, 504), (.noEndpoint, 503), (.poolFull, 503),
            (.circuitOpen, 503), (.draining, 503),
            (.requestTimeout, 408), (.malformedRequestContent, 400), (.contentTooLarge, 413), (.clientGone, nil),
        ] as [(ExchangeFailure.Reason, Int?)])
    func failures(reason: ExchangeFailure.Reason, status: Int?) {
        let failure = ExchangeFailure(reason, retry: .never)
        let problem = FailureMapping.problem(for: failure)
        #expect(problem?.status == status)
        guard let problem, let status else { return }
        #expect(problem.title == "\(ReasonPhrase.standard(status))")
        // Whose fault it is and what the status says agree.
        #expect((failure.blame == .client) == (400..<500).contains(status))
    }

    @Test("a digest is FNV-1a of 128 bits, and tells apart what is cut differently")
    func digests() {
        func digest(_ parts: String...) -> String {
            var digest = ContentDigest()
            for part in parts { digest.update(part.octets) }
            return digest.text
        }
        #expect(ContentDigest().text == "6c62272e07bb014262b821756295c58d", "the offset basis")
        // The length that closes each part is zero here, so this is FNV-1a of "" itself.
        #expect(digest("") == "6c62272e07bb014262b821756295c58d")
        #expect(digest("a").count == 32)
        let different = [digest("a"), digest("b"), digest("ab"), digest("a", "b"), digest("ba"), digest("\0")]
        #expect(Set(different).count == different.count)
        #expect(digest("ab") == digest("ab"))
    }
}
