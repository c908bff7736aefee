import ContentDecoding
import Testing

@Suite("Content-Encoding fields")
struct ContentCodingsTests {
    /// The codings of field lines, or the fault.
    private func read(_ lines: [String]) -> Result<ContentCodings, ContentCodings.Fault> {
        var codings = ContentCodings.none
        for line in lines {
            let fault = Array(line.utf8).withUnsafeBytes { bytes -> ContentCodings.Fault? in
                do throws(ContentCodings.Fault) {
                    try codings.append(fieldValue: bytes)
                    return nil
                } catch {
                    return error
                }
            }
            if let fault { return .failure(fault) }
        }
        return .success(codings)
    }

    @Test(
        "codings are read in their order, without regard to case (RFC 9110 §8.4.1)",
        arguments: [
            (["gzip"], [.gzip]), (["GZip"], [.gzip]), (["x-gzip"], [.gzip]), (["deflate"], [.deflate]),
            (["gzip, deflate"], [.gzip, .deflate]), (["gzip", "deflate"], [.gzip, .deflate]),
            ([" gzip\t,\t, deflate ,"], [.gzip, .deflate]), (["identity"], []), (["identity, gzip, identity"], [.gzip]),
            ([""], []), ([], []), ([","], []),
        ] as [([String], [ContentCoding])])
    func order(lines: [String], expected: [ContentCoding]) throws {
        #expect(try read(lines).get() == ContentCodings(expected))
        #expect(try read(lines).get().count == expected.count)
    }

    @Test(
        "what is not understood, or is too much, is a fault",
        arguments: [
            (["br"], .unknown), (["zstd"], .unknown), (["gzip, compress"], .unknown), (["gzipp"], .unknown),
            (["*"], .unknown),
            (["gzip;q=1"], .malformed), (["gzip gzip"], .malformed), (["\"gzip\""], .malformed),
            (["gz\u{0}ip"], .malformed),
            (["gzip, gzip, gzip"], .tooMany), (["gzip", "deflate", "gzip"], .tooMany),
        ] as [([String], ContentCodings.Fault)])
    func faults(lines: [String], expected: ContentCodings.Fault) {
        #expect(read(lines) == .failure(expected))
    }
}
