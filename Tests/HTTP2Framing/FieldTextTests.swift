import HTTP2Framing
import NIOHPACK
import Testing

@Suite("Fields of HTTP/1.1 as HPACK's strings")
struct FieldTextTests {
    private func value(_ octets: [UInt8]) -> String { octets.withUnsafeBytes { FieldText.value($0) } }

    @Test("values are UTF-8, or else ISO-8859-1: no octet becomes a replacement character")
    func values() {
        #expect(value(Array("zwei ü".utf8)) == "zwei ü")
        #expect(value([0x66, 0xFC, 0x72]) == "für")
        #expect(value([0xFF, 0xFE]) == "ÿþ")
        #expect(value([]) == "")
        #expect((0...255).allSatisfy { !value([UInt8($0)]).unicodeScalars.contains("\u{FFFD}") })
    }

    @Test("a trailer section becomes a field list with names in lower case, without the space around values")
    func trailers() throws {
        let lines = Array("Grpc-Status:  0\r\nX:\r\ncaf: ".utf8) + [0xE9, 0x0D, 0x0A]
        let fields = try #require(TrailerSection.fields(lines))
        #expect(fields.map { "\($0.name)=\($0.value)" } == ["grpc-status=0", "x=", "caf=é"])
        #expect(TrailerSection.fields([]) == nil)
        #expect(TrailerSection.fields(Array("no colon\r\n".utf8)) == nil)
    }

    @Test("names are tokens in lower case, and values hold nothing that ends a line")
    func rules() {
        #expect(
            FieldText.isName("x-one") && !FieldText.isName("X-One") && !FieldText.isName("") && !FieldText.isName("a b")
        )
        #expect(FieldText.isValue("a\tb ü") && !FieldText.isValue("a\r\nb") && !FieldText.isValue("\u{0}"))
        #expect(!FieldText.isValue("\u{FFFD}"), "nobody knows what it was")
    }
}
