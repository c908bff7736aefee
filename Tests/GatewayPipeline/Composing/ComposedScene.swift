import CompositionLanguage
import GatewayTelemetry
import Glibc
import JSONDocuments
import OpenAPIDocuments
import TestSupport

@testable import GatewayPipeline

/// Compositions over documents that use what schemas can say, and the shop's own: compiled as the gateway compiles them.
final class ComposedScene {
    /// The settings or documents are not what they should be.
    struct Unusable: Error, CustomStringConvertible {
        /// What is wrong with them.
        let description: String
    }

    /// The compositions with their derived contracts.
    let rows: [RouteRow]
    /// The APIs in the order of the plans' numbers.
    let apis: [CallableAPI]
    /// The derived document.
    let derived: OpenAPIDocument
    /// The derived document as text.
    let derivedText: String

    /// Compiles everything.
    init() throws {
        var files: [String: String] = [:]
        for name in [
            "routes/shop.yaml", "routes/pages.yaml", "specs/users.yaml", "specs/products.yaml", "specs/orders.yaml",
        ] {
            files[name] = Self.published(name)
        }
        files["routes/synthetic.yaml"] = Self.routes
        files["specs/parts.yaml"] = Self.parts
        files["specs/old.yaml"] = Self.old
        let folder = try TemporaryFolder(files)
        let outcome = SnapshotBuilder.load(routes: folder.file("routes"), metrics: MetricsRegistry(workers: 1))
        guard let snapshot = outcome.snapshot, let settings = outcome.settings else {
            throw Unusable(
                description: outcome.diagnostics.map { "\($0.range.map { "\($0)" } ?? "") \($0.message)" }
                    .joined(separator: "\n"))
        }
        apis = try settings.apis.map { api in
            guard let document = DocumentLoader(roots: [folder.file("specs")]).load(api.value.spec ?? "").document
            else {
                throw Unusable(description: api.name)
            }
            return CallableAPI(name: api.name, document: document)
        }
        rows = snapshot.rows.filter { $0.composition != nil }
        derivedText = DerivedDocument.json(rows.compactMap { $0.composition?.plan }, apis: apis)
        let loaded = DocumentLoader(files: .memory([DerivedDocument.path: derivedText])).load(DerivedDocument.path)
        guard let document = loaded.document else { throw Unusable(description: "the derived document") }
        derived = document
    }

    /// A file of the example as it is published.
    private static func published(_ name: String) -> String {
        guard let file = fopen(PackageFolder.path + "/" + name, "rbe") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The schema of a composition's reply.
    func schema(of name: String) -> JSONValue? {
        derived.operations.first { $0.operationID == name }?.responses?.first { $0.key == .exact(200) }?.content.first?
            .schema
    }

    /// A document of version 3.1 with what its schemas can say.
    private static let parts = """
        openapi: 3.1.0
        info: { title: parts, version: "1" }
        paths:
          /things/{id}:
            get:
              operationId: getThing
              parameters:
                - { name: id, in: path, required: true, schema: { type: string } }
                - { name: note, in: query, schema: { type: string } }
              responses:
                "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } }
                "404": { description: no, content: { application/json: { schema: { $ref: "#/components/schemas/Refusal" } } } }
          /others/{id}:
            get:
              operationId: getOther
              parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
              responses:
                "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Other" } } } }
                "204": { description: nothing }
          /lists/{id}:
            get:
              operationId: getList
              parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
              responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/List" } } } } }
          /choices/{id}:
            get:
              operationId: getChoice
              parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
              responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Choice" } } } } }
          /nothings/{id}:
            get:
              operationId: getMaybe
              parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
              responses:
                "200": { description: ok, content: { application/json: { schema: { anyOf: [{ $ref: "#/components/schemas/Thing" }, { type: "null" }] } } } }
          /many:
            get:
              operationId: getMany
              parameters: [{ name: ids, in: query, required: true, explode: false, schema: { type: array, maxItems: 20, items: { type: integer } } }]
              responses:
                "200":
                  description: ok
                  content:
                    application/json:
                      schema: { type: object, required: [found], properties: { found: { type: array, items: { $ref: "#/components/schemas/Result" } } } }
        components:
          schemas:
            Refusal: { type: object, required: [message], properties: { message: { type: string } } }
            Thing:
              type: object
              required: [id, name, size]
              properties:
                id: { type: integer, minimum: 1, maximum: 40 }
                name: { type: string, minLength: 1, maxLength: 12 }
                size: { type: number, exclusiveMinimum: 0, maximum: 1000 }
                kind: { enum: [small, large, null, 7] }
                note: { type: [string, "null"], maxLength: 9 }
                since: { type: string, format: date-time }
                owner: { $ref: "#/components/schemas/Owner" }
                tags: { type: array, maxItems: 4, items: { type: string } }
                within: { $ref: "#/components/schemas/Thing" }
            Owner:
              allOf:
                - { type: object, required: [id], properties: { id: { type: integer } } }
                - { type: object, properties: { mail: { type: string, format: email }, id: { minimum: 0 } } }
            Other:
              type: object
              required: [id, count]
              additionalProperties: false
              properties:
                id: { type: string }
                count: { type: integer }
                name: { type: [string, integer] }
                more: { type: object, additionalProperties: { type: integer } }
            Line:
              type: object
              required: [thing]
              properties:
                thing: { type: integer, minimum: 1, maximum: 9 }
                text: { type: string }
                parts: { type: array, maxItems: 3, items: { $ref: "#/components/schemas/Owner" } }
            List:
              type: object
              required: [lines, total]
              properties:
                lines: { type: array, maxItems: 6, items: { $ref: "#/components/schemas/Line" } }
                extra: { type: array, maxItems: 3, items: { type: integer, minimum: 1, maximum: 3 } }
                total: { type: integer }
                next: { type: [string, "null"] }
            Choice:
              oneOf:
                - { type: object, required: [kind, card], properties: { kind: { const: card }, card: { type: integer }, both: { type: string } } }
                - { type: object, required: [kind, bank], properties: { kind: { const: bank }, bank: { type: string }, both: { type: boolean } } }
            Result:
              type: object
              required: [key]
              properties: { key: { type: integer }, value: { type: [number, "null"] }, unit: { type: string } }
        """

    /// A document of version 3.0, which says some things in other words.
    private static let old = """
        openapi: 3.0.3
        info: { title: old, version: "1" }
        paths:
          /records/{id}:
            get:
              operationId: getRecord
              parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
              responses:
                "200":
                  description: ok
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [id, parent]
                        nullable: true
                        properties:
                          id: { type: integer, minimum: 0, exclusiveMinimum: true }
                          parent: { type: string, nullable: true }
                          state: { type: string, nullable: true, enum: [a, b, null] }
                          owner: { nullable: true, allOf: [{ $ref: "#/components/schemas/Person" }] }
                          people: { type: array, maxItems: 4, items: { $ref: "#/components/schemas/Person" } }
        components:
          schemas:
            Person: { type: object, required: [name], properties: { name: { type: string }, age: { type: number, maximum: 150, exclusiveMaximum: true } } }
        """

    /// Compositions that use each key of templates and steps.
    private static let routes = """
        version: 1
        apis:
          parts: { spec: ../specs/parts.yaml, upstream: orders, mount: /parts }
          old: { spec: ../specs/old.yaml, upstream: orders, mount: /old }
        compositions:
          selections:
            get: /synthetic/selections/{id}
            steps:
              thing: { call: parts.getThing, with: { id: $inputs.id } }
              soft: { call: parts.getThing, with: { id: "1" }, optional: true, onFailure: null }
              other: { call: parts.getOther, with: { id: "2" }, optional: true }
              filled: { call: parts.getThing, with: { id: "3" }, optional: true, onFailure: { value: { id: 3, name: none, size: 1 } } }
              maybe: { call: parts.getMaybe, with: { id: "4" } }
            respond:
              whole: $steps.thing.body
              picked: { $from: $steps.thing.body, $pick: [id, note, within, kind] }
              rest: { $from: $steps.thing.body, $omit: [id, within] }
              renamed: { $from: $steps.thing.body, $pick: [name, owner], $rename: { name: label } }
              soft: { $from: $steps.soft.body, $pick: [id, tags] }
              softName: $steps.soft.body#/name
              other: { $from: $steps.other.body?, $rename: { id: key } }
              count: $steps.other.body#/count?
              filled: { id: $steps.filled.body#/id, note: $steps.filled.body#/note? }
              filledWhole: $steps.filled.body
              maybe: { $from: $steps.maybe.body, $pick: [id, size] }
              inner: { $from: $steps.thing.body#/within?, $omit: [tags] }
              deep: $steps.thing.body#/within/within/owner/id?
          merges:
            get: /synthetic/merges/{id}
            steps:
              one: { call: parts.getThing, with: { id: $inputs.id } }
              two: { call: parts.getOther, with: { id: $inputs.id }, accept: [200], optional: true }
              three: { call: parts.getMaybe, with: { id: $inputs.id }, optional: true }
            respond:
              left: { $merge: [$steps.one.body, $steps.two.body], $onConflict: left }
              right: { $merge: [$steps.one.body, $steps.two.body], $onConflict: right }
              own: { $merge: [{ $from: $steps.one.body, $pick: [id] }, { extra: $steps.two.body#/count, fixed: 1 }] }
              nested:
                $merge:
                  - { $merge: [{ a: $steps.one.body#/note? }, { $from: $steps.one.body, $pick: [size] }] }
                  - { $from: $steps.three.body, $pick: [name] }
              both: { $merge: [$steps.three.body, $steps.one.body, $steps.two.body], $onConflict: right }
          lists:
            get: /synthetic/lists/{id}
            steps:
              list: { call: parts.getList, with: { id: $inputs.id } }
              things:
                forEach: $steps.list.body#/lines
                distinct: $item#/thing
                call: parts.getThing
                with: { id: "{$item#/thing}" }
                optional: true
              some:
                forEach: $steps.list.body#/lines
                call: parts.getOther
                with: { id: "{$item#/thing}" }
                tolerate: 50%
                onFailure: null
              extra:
                forEach: $steps.list.body#/extra?
                call: parts.getThing
                with: { id: "{$item}" }
                tolerate: 3
                onFailure: { value: { id: 1, name: x, size: 2 } }
            respond:
              lines:
                $each: $steps.list.body#/lines
                $item:
                  place: $index
                  thing: { $from: $steps.things.body, $pick: [id, name] }
                  some: $steps.some.body?
                  parts: { $each: $item#/parts?, $item: { id: $item#/id, mail: $item#/mail? } }
                  label: "{$item#/thing}: {$item#/text?}"
              texts: { $each: $steps.list.body#/lines, $item: $item#/text? }
              all: $steps.things.body
              some: { $each: $steps.some.body, $item: { $from: $item, $pick: [count, name] } }
              extra: $steps.extra.body
              next: $steps.list.body#/next?
          conditions:
            get: /synthetic/conditions/{id}
            inputs:
              level: { in: query, schema: { type: integer, minimum: 0, maximum: 9 } }
              kind: { in: query, schema: { type: string, enum: [small, large], default: small } }
            steps:
              thing: { call: parts.getThing, with: { id: $inputs.id } }
              owner:
                call: parts.getOther
                when: exists($steps.thing.body#/owner) && $inputs.kind == 'small'
                with: { id: "{$steps.thing.body#/owner/id?}" }
                accept: [200]
              size:
                call: parts.getThing
                when: $steps.thing.body#/size > 500 || $inputs.level >= 5
                with: { id: "{$steps.thing.body#/id}" }
                onFailure: { value: { id: 9, name: other, size: 1, note: null } }
              last: { call: parts.getChoice, when: "!exists($steps.size.body#/note)", with: { id: $inputs.id }, onFailure: null }
            respond:
              owner: $steps.owner.body
              ownerCount: $steps.owner.body#/count
              size: { name: $steps.size.body#/name, note: $steps.size.body#/note? }
              status: [$steps.thing.status, $steps.size.status]
              last: $steps.last.body
              level: $inputs.level?
          batches:
            get: /synthetic/batches/{id}
            steps:
              list: { call: parts.getList, with: { id: $inputs.id } }
              results:
                forEach: $steps.list.body#/lines
                call: parts.getMany
                batch: { into: ids, key: $item#/thing, size: 3, match: { in: /found, by: /key } }
                optional: true
              strict:
                forEach: $steps.list.body#/extra?
                call: parts.getMany
                batch: { into: ids, key: $item, size: 2, match: { in: /found, by: /key } }
                tolerate: 100%
                onFailure: null
            respond:
              lines: { $each: $steps.list.body#/lines, $item: { thing: $item#/thing, value: $steps.results.body#/value?, unit: { $from: $steps.results.body, $pick: [unit] } } }
              all: $steps.results.body
              strict: $steps.strict.body
              each: { $each: $steps.list.body#/extra?, $item: $steps.strict.body#/key }
          choices:
            get: /synthetic/choices/{id}
            inputs:
              amount: { in: header, name: X-Amount, required: true, schema: { type: number } }
              flag: { in: query, schema: { type: boolean, default: false } }
            steps:
              choice: { call: parts.getChoice, with: { id: $inputs.id } }
              refused: { call: parts.getThing, with: { id: $inputs.id }, accept: [200, 404] }
            respond:
              kind: $steps.choice.body#/kind
              both: $steps.choice.body#/both?
              card: $steps.choice.body#/card?
              whole: $steps.choice.body
              refused: $steps.refused.body
              message: $steps.refused.body#/message?
              name: $steps.refused.body#/name?
              inputs: { amount: $inputs.amount, flag: $inputs.flag, id: $inputs.id }
              text: "{$steps.choice.body#/kind} for {$inputs.amount}"
              fixed: { $literal: { price: "$5", none: null, list: [1, two] } }
              mixed: [$steps.choice.body#/kind, $steps.choice.body#/card?, 3, "x"]
          records:
            get: /synthetic/records/{id}
            steps:
              record: { call: old.getRecord, with: { id: $inputs.id } }
              parent: { call: old.getRecord, with: { id: 7 }, optional: true, onFailure: null }
            respond:
              record: { $from: $steps.record.body, $omit: [people] }
              whole: $steps.record.body
              state: $steps.record.body#/state?
              owner: { $from: $steps.record.body#/owner?, $pick: [name, age] }
              names: { $each: $steps.record.body#/people?, $item: $item#/name }
              parent: $steps.parent.body
              parentOf: $steps.parent.body#/parent?
          whole:
            get: /synthetic/whole/{id}
            steps: { thing: { call: parts.getThing, with: { id: $inputs.id } } }
            respond: $steps.thing.body
        """
}
