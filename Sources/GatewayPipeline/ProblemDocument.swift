import JSONDocuments
import MessageContracts

/// A reply of the gateway's own: problem details (RFC 9457) with the violations of a broken contract.
struct ProblemDocument {
    /// The status code.
    var status: Int
    /// What this status means here, in a few words.
    var title: String
    /// What happened, for the one who sent the request.
    var detail: String
    /// The operation whose contract is broken.
    var operation: String?
    /// The step of a composition that failed, and why in one word.
    var step: String?
    /// Why the step failed.
    var reason: String?
    /// What became of the steps of a saga, in the order in which they were undone.
    var undone: [Unwinding.Result] = []
    /// The violations, at most as many as the settings allow.
    var errors: [ContractViolation] = []

    /// The document as JSON.
    func json(instance: UnsafeRawBufferPointer) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("type")
        writer.string(errors.isEmpty ? "about:blank" : "urn:lintel:contract-violation")
        writer.key("title")
        writer.string(title)
        writer.key("status")
        writer.integer(status)
        writer.key("detail")
        writer.string(detail)
        writer.key("instance")
        writer.string(instance)
        if let operation {
            writer.key("operation")
            writer.string(operation)
        }
        for (key, value) in [("step", step), ("reason", reason)] {
            guard let value else { continue }
            writer.key(key)
            writer.string(value)
        }
        if !undone.isEmpty {
            writer.key("compensation")
            writer.beginArray()
            for result in undone {
                writer.beginObject()
                for (key, value) in [
                    ("step", result.step), ("result", result.word.rawValue), ("reason", result.reason),
                ] {
                    guard let value else { continue }
                    writer.key(key)
                    writer.string(value)
                }
                writer.endObject()
            }
            writer.endArray()
        }
        if !errors.isEmpty {
            writer.key("errors")
            writer.beginArray()
            for violation in errors { Self.write(violation, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    /// One violation: `{in, name?, pointer, code, detail, schema}`.
    private static func write(_ violation: ContractViolation, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("in")
        writer.string(violation.location.rawValue)
        if let name = violation.name {
            writer.key("name")
            writer.string(name)
        }
        writer.key("pointer")
        writer.string(violation.pointer)
        writer.key("code")
        writer.string(violation.code)
        writer.key("detail")
        writer.string(violation.detail)
        writer.key("schema")
        writer.string(violation.schema)
        writer.endObject()
    }
}
