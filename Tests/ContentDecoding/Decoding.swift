import ContentDecoding
import TestSupport

extension CodedContent {
    /// Content in one coding, as one piece.
    static func encoded(_ content: [UInt8], _ coding: ContentCoding) -> [UInt8] {
        encoded(content, coding == .gzip ? .gzip : .zlib)
    }

    /// Content in some codings, one after the other.
    static func encoded(_ content: [UInt8], layers: [ContentCoding]) -> [UInt8] {
        layers.reduce(content) { encoded($0, $1) }
    }
}

/// A decoder with everything around it.
struct Decoding {
    /// The result, or the fault; whether anything was left behind after a fault.
    static func run(
        _ content: [UInt8], _ codings: [ContentCoding], limit: Int = 1 << 24
    ) -> Result<[UInt8], ContentCodingFault> {
        var decoder = ContentDecoder()
        return run(content, codings, limit: limit, with: &decoder)
    }

    /// The same with a decoder that has been used.
    static func run(
        _ content: [UInt8], _ codings: [ContentCoding], limit: Int = 1 << 24, with decoder: inout ContentDecoder
    ) -> Result<[UInt8], ContentCodingFault> {
        var output = Array("what was here before".utf8)
        let list = (try? ContentCodings(codings)) ?? .none
        let fault = content.withUnsafeBytes { bytes -> ContentCodingFault? in
            do throws(ContentCodingFault) {
                try decoder.decode(bytes, list, limit: limit, into: &output)
                return nil
            } catch {
                return error
            }
        }
        guard let fault else { return .success(output) }
        // A part of the content must never be left to be taken for the whole.
        return output.isEmpty ? .failure(fault) : .success(Array("a part was left".utf8))
    }
}
