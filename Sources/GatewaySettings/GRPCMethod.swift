/// A method of a gRPC service, or all methods of one: `shop.v1.Products/Get`, `shop.v1.Products/*`.
package struct GRPCMethod: Sendable, Hashable, CustomStringConvertible {
    /// The service with its package.
    package let service: String
    /// The method; nil for every method of the service.
    package let method: String?

    /// The words of the files, and the path without its first slash.
    package var description: String { "\(service)/\(method ?? "*")" }
}

extension ValueForm where Value == GRPCMethod {
    /// A method by its path, without the first slash (gRPC over HTTP/2: `Path → "/" Service-Name "/" {method name}`).
    static func grpcMethod() -> ValueForm {
        .scalar(
            .text(
                pattern: "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*/([A-Za-z_][A-Za-z0-9_]*|\\*)$",
                examples: ["shop.v1.Products/Get", "shop.v1.Products/*"]),
            expected: "a method of gRPC such as shop.v1.Products/Get, or shop.v1.Products/*", code: "bad-grpc-method",
            show: { $0.description }
        ) { text throws(ScalarObjection) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2,
                parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isIdentifier),
                parts[1] == "*" || isIdentifier(parts[1])
            else { throw ScalarObjection(suggestion: text.hasPrefix("/") ? String(text.dropFirst()) : nil) }
            return GRPCMethod(service: String(parts[0]), method: parts[1] == "*" ? nil : String(parts[1]))
        }
    }

    /// Whether a word is an identifier of Protocol Buffers.
    private static func isIdentifier(_ word: some StringProtocol) -> Bool {
        guard let first = word.utf8.first, first.isASCIILetter || first == UInt8(ascii: "_") else { return false }
        return word.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
    }
}
