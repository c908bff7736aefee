import JSONDocuments
import MessageContracts
import OpenAPIDocuments
import SourceDiagnostics
import TestSupport

/// One case of corpora/contract/vectors.jsonl; its README describes the format.
struct ContractVector: Sendable {
    /// The whole case.
    let value: JSONValue
    /// Its name.
    let id: String
    /// Its group.
    let area: String

    /// Reads a line.
    init?(_ line: Substring) {
        guard let document = try? JSONDocument(parsing: String(line), path: "vectors.jsonl") else { return nil }
        value = document.root
        id = value["id"]?.string ?? ""
        area = value["area"]?.string ?? ""
    }

    /// All cases of some areas.
    static func all(_ areas: Set<String>) -> [ContractVector] {
        Corpora.text("contract/vectors.jsonl").split(separator: "\n").compactMap { ContractVector($0) }
            .filter { areas.contains($0.area) }
    }

    /// The statuses that pass.
    var allowed: [Int] {
        [value["expect"]?["status"]?.int ?? 0] + (value["expect"]?["orStatus"]?.elements.compactMap(\.int) ?? [])
    }

    /// The document, from memory.
    func load() -> (document: OpenAPIDocument?, diagnostics: [Diagnostic]) {
        var contents: [String: String] = [:]
        if let spec = value["spec"] { contents["/specs/openapi.json"] = Self.source(spec) }
        for file in (value["files"]?.members).map(Array.init) ?? [] {
            contents["/specs/" + file.name] = file.value.string ?? Self.source(file.value)
        }
        return DocumentLoader(files: .memory(contents)).load("/specs/openapi.json")
    }

    /// The JSON text of a value.
    static func source(_ value: JSONValue) -> String {
        let range = value.range
        return String(decoding: range.file.bytes[range.lowerBound..<range.upperBound], as: UTF8.self)
    }

    /// The content of the request or response.
    static func content(_ message: JSONValue?) -> [UInt8] {
        guard let message else { return [] }
        if let text = message["bodyBase64"]?.string { return Base64.decode(text) }
        if let fill = message["bodyFill"] {
            let unit = fill[1]?.string ?? ""
            let middle = String(repeating: unit, count: fill[2]?.int ?? 0)
            return Array(((fill[0]?.string ?? "") + middle + (fill[3]?.string ?? "")).utf8)
        }
        return Array((message["body"]?.string ?? "").utf8)
    }

    /// Field lines as octets.
    static func fields(_ message: JSONValue?) -> [(name: [UInt8], value: [UInt8])] {
        (message?["headers"]?.elements).map { list in
            list.map { line in (latin1(line[0]?.string ?? ""), latin1(line[1]?.string ?? "")) }
        } ?? []
    }

    /// ISO-8859-1.
    private static func latin1(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}

/// RFC 4648 §4.
enum Base64 {
    /// The octets of a well-formed text.
    static func decode(_ text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        var bits = 0
        var value = 0
        for byte in text.utf8 {
            guard let digit = alphabet.firstIndex(of: byte) else { continue }
            value = (value << 6 | digit) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: value >> bits))
            }
        }
        return out
    }
}
