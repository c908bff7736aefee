import GatewaySettings
import HTTPExchanges

/// Fields that policies set and remove, with every line made when the settings are loaded.
///
/// Requests are changed after their contract has been checked, responses after theirs: a policy neither mends nor breaks
/// what client and service have agreed on. What is set for responses stands in every reply of the operation, also in
/// those of the gateway's own.
package struct HeaderPlan: Sendable {
    /// The changes of one direction.
    struct Edits: Sendable {
        /// Names of received lines that do not go on, in lower case: those removed and those set.
        private(set) var hidden: [[UInt8]] = []
        /// Lines that are added: name and value.
        private(set) var added: [(name: [UInt8], value: [UInt8])] = []

        /// Takes further changes; a name that was changed before is changed anew.
        mutating func apply(_ edit: HeaderEditSettings?) {
            for field in edit?.set ?? [] {
                forget(field.name)
                hidden.append(Self.lower(field.name))
                added.append((Array(field.name.utf8), Array(field.value.utf8)))
            }
            for name in edit?.remove ?? [] {
                forget(name)
                hidden.append(Self.lower(name))
            }
        }

        private mutating func forget(_ name: String) {
            let lower = Self.lower(name)
            hidden.removeAll { $0 == lower }
            added.removeAll { Self.lower(String(decoding: $0.name, as: UTF8.self)) == lower }
        }

        private static func lower(_ name: String) -> [UInt8] { Array(name.lowercased().utf8) }

        /// Whether a received line of this name does not go on.
        func hides(_ name: UnsafeRawBufferPointer) -> Bool {
            hidden.contains { hidden in hidden.withUnsafeBytes { name.equalsIgnoringCase($0) } }
        }

        /// The changes made to whole lines, each with its CR LF.
        func applied(to lines: [UInt8]) -> [UInt8] {
            var kept: [UInt8] = []
            for line in lines.split(separator: 0x0A) {
                let name = Array(line.prefix { $0 != UInt8(ascii: ":") })
                if !name.withUnsafeBytes({ hides($0) }) { kept += line + [0x0A] }
            }
            for line in added { kept += line.name + [0x3A, 0x20] + line.value + [0x0D, 0x0A] }
            return kept
        }

        /// Bytes that the added lines take.
        var room: Int { added.reduce(0) { $0 + $1.name.count + $1.value.count + 4 } }
    }

    /// Changes of requests.
    private(set) var request = Edits()
    /// Changes of responses.
    private(set) var response = Edits()

    /// The changes of the policies in use, in their order; nil where there are none.
    init?(_ names: [String], settings: GatewaySettings) {
        var isEmpty = true
        for name in names {
            guard case .headers(let edits)? = settings.policy(name)?.value.kind else { continue }
            request.apply(edits.request)
            response.apply(edits.response)
            isEmpty = false
        }
        if isEmpty { return nil }
    }

    /// The plan in words, a line each.
    var words: [(label: String, text: String)] {
        [("request", request), ("response", response)].flatMap { label, edits in
            edits.hidden.map { name in
                let text = String(decoding: name, as: UTF8.self)
                let isSet = edits.added.contains { String(decoding: $0.name, as: UTF8.self).lowercased() == text }
                return ("headers", "\(isSet ? "sets" : "removes") \(text) of the \(label)")
            }
        }
    }
}
