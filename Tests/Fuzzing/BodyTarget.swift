import MessageContracts

/// Content of every kind that is checked: multipart, urlencoded, XML, JSON, sequences. The fast check agrees with the
/// explaining one.
///
/// The first line is the value of `Content-Type`, the rest is the content.
struct BodyTarget: FuzzTarget {
    static let name = "body"

    /// The operation that takes and gives every kind of content.
    private let contract: ContractUnderFire?

    init() {
        contract = ContractUnderFire(Self.description)
        hold(contract != nil, "the description compiles")
    }

    func run(_ input: UnsafeRawBufferPointer) {
        guard let operation = contract?.operation else { return }
        let parts = InputParts.lines(input, 2)
        var workspace = ContractWorkspace()
        Array("Content-Type".utf8).withUnsafeBytes { name in
            [MessageField(name: name, value: parts[0])].withUnsafeBufferPointer { fields in
                let policy = operation.bodyPolicy(fields)
                let verdict = operation.checkBody(policy, parts[1], using: &workspace)
                let violations = operation.explainBody(policy, parts[1], using: &workspace)
                hold(verdict.isAccepted == violations.isEmpty, "both checks agree: \(violations)")
                guard let response = operation.response(for: 200) else { return }
                let answer = response.bodyPolicy(fields)
                let accepted = response.checkBody(answer, parts[1], using: &workspace).isAccepted
                let faults = response.explainBody(answer, parts[1], using: &workspace)
                hold(accepted == faults.isEmpty, "both checks of responses agree: \(faults)")
            }
        }
    }

    /// Every kind of content.
    private static let description = """
        openapi: 3.2.0
        info: {title: Bodies, version: "1"}
        components:
          schemas:
            Form:
              type: object
              required: [n]
              properties:
                n: {type: integer}
                a: {type: array, items: {type: string, maxLength: 8}}
                d: {type: object, properties: {x: {type: number}}, additionalProperties: false}
                f: {type: string, contentMediaType: application/octet-stream}
                j: {type: object, properties: {k: {type: boolean}}}
            Tree:
              type: object
              xml: {name: tree, namespace: "urn:tree", prefix: t}
              properties:
                id: {type: integer, xml: {attribute: true}}
                leaf: {type: array, xml: {wrapped: true, name: leaves}, items: {type: integer, xml: {name: leaf}}}
                text: {type: string}
                flat: {type: array, items: {type: boolean}}
                sub: {$ref: "#/components/schemas/Tree"}
        paths:
          /a:
            post:
              requestBody: &body
                required: true
                content:
                  application/json: {schema: {$ref: "#/components/schemas/Form"}}
                  application/*+json: {schema: {type: [object, array]}}
                  application/x-www-form-urlencoded:
                    schema: {$ref: "#/components/schemas/Form"}
                    encoding: {a: {explode: false, style: pipeDelimited}, d: {style: deepObject}}
                  multipart/form-data:
                    schema: {$ref: "#/components/schemas/Form"}
                    encoding:
                      f: {contentType: "image/png, application/octet-stream"}
                      j: {contentType: application/json, headers: {X-Part: {schema: {type: integer}}}}
                  text/plain; charset=utf-8: {schema: {type: integer}}
                  application/xml: {schema: {$ref: "#/components/schemas/Tree"}}
                  application/jsonl: {itemSchema: {$ref: "#/components/schemas/Form"}}
                  application/json-seq: {itemSchema: {type: integer}}
                  text/event-stream: {itemSchema: {type: object, required: [data]}}
                  application/octet-stream: {schema: {maxLength: 64}}
              responses:
                "200": {description: all, content: {application/json: {schema: {type: object}}, "*/*": {}}}

        """
}
