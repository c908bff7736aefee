import MessageContracts
import TestSupport
import Testing

/// Content is checked as the service will read it: without its codings.
@Suite("Coded content")
struct ContentCodingTests {
    /// How a field and what it codes meet the contract.
    private static func body(_ content: [UInt8], _ encoding: String) throws -> (ContractVerdict, [String]) {
        let fixture = try ContractFixture(
            content: "{application/json: {schema: {type: object, properties: {a: {type: integer}}}}, image/png: {}}")
        let found = fixture.body(content, type: "application/json", more: [("Content-Encoding", encoding)])
        return (found.verdict, found.violations.map(\.pointer) + found.violations.map(\.code))
    }

    /// Content in codings, the first one innermost.
    private static func coded(_ text: String, _ formats: [CodedContent.Format]) -> [UInt8] {
        formats.reduce(Array(text.utf8)) { CodedContent.encoded($0, $1) }
    }

    @Test(
        "what the codings hide is checked, whatever they are called (RFC 9110 §8.4.1)",
        arguments: [
            ("gzip", [.gzip]), ("X-Gzip", [.gzip]), ("deflate", [.zlib]), ("identity", []), ("", []),
            ("deflate, gzip", [.zlib, .gzip]), ("gzip,identity , gzip", [.gzip, .gzip]),
        ] as [(String, [CodedContent.Format])])
    func understood(encoding: String, formats: [CodedContent.Format]) throws {
        let good = try Self.body(Self.coded(#"{"a":1}"#, formats), encoding)
        #expect(good.0 == .accepted)
        let bad = try Self.body(Self.coded(#"{"a":"x"}"#, formats), encoding)
        #expect(bad.0 == .rejected(.violation))
        #expect(bad.1 == ["/a", "type"])
    }

    @Test(
        "a coding that is not understood is refused with 415",
        arguments: ["br", "zstd", "compress", "gzip, br", "gzip;q=1", "gzip gzip", "gzip, gzip, gzip"])
    func unknown(encoding: String) throws {
        let found = try Self.body(Self.coded("{}", [.gzip]), encoding)
        #expect(found.0 == .rejected(.contentCoding))
        #expect(found.1.last == "content-coding")
    }

    @Test(
        "content that does not keep its coding is refused with 400",
        arguments: [
            ("gzip", Array("{}".utf8)), ("gzip", Array(Self.coded("{\"a\":1}", [.gzip]).dropLast())),
            ("gzip", Self.coded("{}", [.gzip]) + [0]), ("deflate", Self.coded("{}", [.bare])),
            ("gzip", Self.coded("{}", [.zlib])), ("gzip, deflate", Self.coded("{}", [.zlib, .gzip])),
        ])
    func broken(encoding: String, content: [UInt8]) throws {
        let found = try Self.body(content, encoding)
        #expect(found.0 == .rejected(.violation))
        #expect(found.1 == ["", "content-coding"])
    }

    @Test("coded content that decodes to nothing is no JSON; without any byte it is no content")
    func empty() throws {
        #expect(try Self.body(Self.coded("", [.gzip]), "gzip").1 == ["", "json-syntax"])
        #expect(try Self.body([], "gzip").1 == ["", "required"])
    }

    @Test("the size limit holds for what was decoded, and a bomb is refused as too large")
    func size() throws {
        let fixture = try ContractFixture(content: "{application/json: {}}")
        let operation = fixture.contract.operations[0]
        func verdict(_ content: [UInt8], limit: Int) -> ContractVerdict {
            var workspace = ContractWorkspace()
            let lines = [("content-type", "application/json"), ("content-encoding", "gzip")].map {
                (name: Array($0.0.utf8), value: Array($0.1.utf8))
            }
            return Borrowed.withFields(lines) { fields in
                content.withUnsafeBytes {
                    operation.checkBody(operation.bodyPolicy(fields), $0, sizeLimit: limit, using: &workspace)
                }
            }
        }
        let text = "[" + String(repeating: " ", count: 1000) + "]"
        #expect(verdict(Self.coded(text, [.gzip]), limit: 1002) == .accepted)
        #expect(verdict(Self.coded(text, [.gzip]), limit: 1001) == .rejected(.contentSize))
        let bomb = Self.coded("[" + String(repeating: " ", count: 10 << 20) + "]", [.gzip])
        #expect(verdict(bomb, limit: .max) == .rejected(.contentSize))
    }

    @Test("content that nobody checks keeps any coding")
    func unchecked() throws {
        let fixture = try ContractFixture(content: "{application/octet-stream: {}}")
        let coding = [("Content-Encoding", "br")]
        #expect(fixture.body("x", type: "application/octet-stream", more: coding).verdict.isAccepted)
    }
}
