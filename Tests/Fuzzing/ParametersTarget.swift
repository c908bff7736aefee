import MessageContracts
import RequestRouting

/// Paths, queries, header fields and cookies: one canonical spelling, and the fast check agrees with the explaining one.
///
/// The lines of an input are: path, first and second path value, query, header value, cookies.
struct ParametersTarget: FuzzTarget {
    static let name = "parameters"

    /// The operation with parameters of every style and place.
    private let contract: ContractUnderFire?

    init() {
        contract = ContractUnderFire(Self.description)
        hold(contract != nil, "the description compiles")
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let lines = InputParts.lines(input, 6)
        checkPath(lines[0])
        checkParameters(lines)
    }

    /// A canonical path is its own canonical form.
    private func checkPath(_ raw: UnsafeRawBufferPointer) {
        var buffer = PathBuffer()
        switch RequestPath.canonicalise(raw, into: &buffer) {
        case .canonical, .refused: return
        case .rewritten: break
        }
        let first = Array(buffer.bytes)
        hold(first.count <= 3 * raw.count, "a path grows to three times its length at most")
        hold(!first.elementsEqual(raw), "what is rewritten differs")
        var second = PathBuffer()
        let again = first.withUnsafeBytes { RequestPath.canonicalise($0, into: &second) }
        hold(again == .canonical, "a canonical path is its own canonical form: \(again)")
    }

    /// Both checks say the same, and a stripped query has nothing undeclared left.
    private func checkParameters(_ lines: [UnsafeRawBufferPointer]) {
        guard let operation = contract?.operation else { return }
        var workspace = ContractWorkspace()
        let (header, cookie) = (Array("X-List".utf8), Array("Cookie".utf8))
        header.withUnsafeBytes { header in
            cookie.withUnsafeBytes { cookie in
                let fields = [
                    MessageField(name: header, value: lines[4]), MessageField(name: cookie, value: lines[5]),
                ]
                let values = [lines[1], lines[2]]
                fields.withUnsafeBufferPointer { fields in
                    values.withUnsafeBufferPointer { values in
                        let head = RequestHeadView(query: lines[3], pathValues: values, fields: fields)
                        for refuses in [false, true] {
                            let verdict = operation.checkParameters(
                                head, refusesUndeclaredQuery: refuses, using: &workspace)
                            let violations = operation.explainParameters(
                                head, refusesUndeclaredQuery: refuses, using: &workspace)
                            hold(verdict.isAccepted == violations.isEmpty, "both checks agree: \(violations)")
                        }
                    }
                }
            }
        }
        let stripped = operation.strippedQuery(lines[3], using: &workspace) ?? Array(lines[3])
        hold(stripped.count <= lines[3].count, "stripping adds nothing")
        let left = stripped.withUnsafeBytes { operation.undeclaredQueryNames($0, using: &workspace) }
        hold(left.isEmpty, "nothing undeclared is left: \(left)")
    }

    /// Parameters of every place and style.
    private static let description = """
        openapi: 3.1.0
        info: {title: Parameters, version: "1"}
        paths:
          /a/{v}/{w}:
            get:
              parameters:
                - {name: n, in: query, schema: {type: integer, minimum: 1}}
                - {name: u, in: query, schema: {type: [integer, boolean, string], maxLength: 5}}
                - {name: a, in: query, schema: {type: array, uniqueItems: true, items: {type: integer}}}
                - {name: s, in: query, style: spaceDelimited, schema: {type: array, items: {type: [integer, string]}}}
                - {name: p, in: query, style: pipeDelimited, schema: {additionalProperties: {type: integer}}}
                - name: d
                  in: query
                  style: deepObject
                  schema: {type: object, properties: {x: {type: array, items: {type: integer}}}}
                - {name: any, in: query, style: deepObject, schema: {anyOf: [{type: integer}, {type: object}]}}
                - {name: o, in: query, explode: false, schema: {type: object, additionalProperties: {type: integer}}}
                - {name: "l[]", in: query, schema: {type: array, items: {type: string, format: date}}}
                - {name: j, in: query, content: {application/json: {schema: {type: object, required: [k]}}}}
                - {name: e, in: query, allowEmptyValue: true, schema: {type: integer}}
                - {name: r, in: query, allowReserved: true, schema: {type: string, pattern: "^[a-z/?]+$"}}
                - name: v
                  in: path
                  required: true
                  style: matrix
                  explode: true
                  schema: {type: object, additionalProperties: {type: integer}}
                - {name: w, in: path, required: true, style: label, schema: {type: array, items: {type: integer}}}
                - {name: X-List, in: header, schema: {type: array, items: {type: integer}}}
                - {name: c, in: cookie, schema: {type: object, properties: {k: {type: integer}}}}
                - {name: ci, in: cookie, schema: {type: integer}}
              responses: {default: {description: all}}

        """
}
