import JSONDocuments
import SchemaEvaluation

/// The header parameters of a request, or the headers of a response or a part.
final class HeaderSetContract: Sendable {
    /// The parameters; names in small letters.
    private let parameters: ParameterTable

    /// Takes the parameters.
    init(_ parameters: [ParameterContract]) { self.parameters = ParameterTable(parameters) }

    /// Whether there is nothing to check.
    var isEmpty: Bool { parameters.isEmpty }

    /// The parameters, for what is asked once.
    var list: [ParameterContract] { (0..<parameters.count).map { parameters.withParameter($0) { $0 } } }

    /// The names in small letters.
    var names: [[UInt8]] { (0..<parameters.count).map { parameters.withParameter($0) { Array($0.nameBytes) } } }

    /// Checks every parameter against the field lines.
    func check(
        _ fields: UnsafeBufferPointer<MessageField>, _ program: SchemaProgram, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        var isGood = true
        for index in 0..<parameters.count {
            let isKept = parameters.withParameter(index) { check($0, fields, program, &workspace, &sink) }
            if isKept { continue }
            isGood = false
            guard sink.isCollecting, !sink.isFull else { return false }
        }
        return isGood
    }

    /// Checks one parameter.
    private func check(
        _ parameter: ParameterContract, _ fields: UnsafeBufferPointer<MessageField>, _ program: SchemaProgram,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        var first = -1
        var count = 0
        for index in fields.indices where Octets.equal(fields[index].name, lowercase: parameter.nameBytes) {
            if first < 0 { first = index }
            count += 1
        }
        switch count {
        case 0:
            guard parameter.isRequired else { return true }
            sink.report { parameter.violation("required", "is required") }
            return false
        case 1: return workspace.check(parameter, .single(Octets.trimmed(fields[first].value)), program, &sink)
        default: return checkJoined(parameter, fields, program, &workspace, &sink)
        }
    }

    /// Several lines are one value with commas between (RFC 9110 §5.3).
    private func checkJoined(
        _ parameter: ParameterContract, _ fields: UnsafeBufferPointer<MessageField>, _ program: SchemaProgram,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        // Set-Cookie is the one list whose lines cannot be joined: every line is a value.
        let isSetCookie = parameter.nameBytes == Self.setCookie
        var joined: [UInt8] = []
        for field in fields where Octets.equal(field.name, lowercase: parameter.nameBytes) {
            let value = Octets.trimmed(field.value)
            if isSetCookie {
                guard workspace.check(parameter, .single(value), program, &sink) else { return false }
                continue
            }
            if !joined.isEmpty { joined.append(contentsOf: [0x2C, 0x20]) }
            joined.append(contentsOf: value)
        }
        return isSetCookie || joined.withUnsafeBytes { workspace.check(parameter, .single($0), program, &sink) }
    }

    /// Small letters.
    private static let setCookie = Array("set-cookie".utf8)
}
