import JSONDocuments
import MessageContracts
import OpenAPIDocuments
import TestSupport
import Testing

/// Replays the cases of corpora/contract that a contract decides without a socket.
@Suite("Contract vectors in process", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct ContractVectorTests {
    /// Areas that contracts decide; routing, security and undeclared fields are the gateway's.
    static let areas = [
        "query", "path", "header", "cookie", "json", "media", "body", "text", "encoding", "urlencoded", "multipart",
        "refs",
        "response",
    ]

    /// Cases that fail, with the reason. A case that starts to pass has to leave the list.
    static let knownFailures: [String: String] = [:]

    @Test("every case gets its verdict, and the explanation agrees with it", arguments: areas)
    func replay(area: String) {
        let vectors = ContractVector.all([area])
        var passed = 0
        var details = 0
        for vector in vectors {
            let problem = Self.problem(vector, &details)
            if problem == nil { passed += 1 }
            if Self.knownFailures[vector.id] != nil {
                #expect(problem != nil, "\(vector.id) passes now: take it off the list")
            } else if let problem {
                Issue.record("\(vector.id): \(problem)")
            }
        }
        print("contract vectors, \(area): \(passed)/\(vectors.count), details \(details)/\(vectors.count)")
        #expect(!vectors.isEmpty)
    }

    /// What is wrong with the outcome of a case; nil if it passes.
    private static func problem(_ vector: ContractVector, _ details: inout Int) -> String? {
        let loaded = vector.load()
        guard let document = loaded.document, !loaded.diagnostics.contains(where: { $0.severity == .error }) else {
            return "does not load: \(loaded.diagnostics.map(\.message))"
        }
        let compiled = APIContract.compile(document)
        guard let contract = compiled.contract else {
            return "does not compile: \(compiled.diagnostics.map(\.message))"
        }
        let outcome = MessageReplay(contract: contract, operations: document.operations).run(vector)
        let why = vector.value["why"]?.string ?? ""
        guard vector.allowed.contains(outcome.status) else {
            return
                "\(outcome.status) instead of \(vector.allowed): \(why) \(outcome.violations.map(\.detail))"
        }
        let expect = vector.value["expect"]
        let wanted = (expect?["code"]?.string, expect?["in"]?.string, expect?["pointer"]?.string)
        let fits = outcome.violations.contains {
            (wanted.0 == nil || wanted.0 == $0.code) && (wanted.1 == nil || wanted.1 == $0.location.rawValue)
                && (wanted.2 == nil || wanted.2 == $0.pointer)
        }
        if outcome.status == 200 || fits || outcome.status != vector.allowed[0] || wanted == (nil, nil, nil) {
            details += 1
        } else {
            print(
                "detail of \(vector.id): wanted \(wanted), got \(outcome.violations.map { ($0.pointer, $0.code) })"
            )
        }
        return nil
    }
}
