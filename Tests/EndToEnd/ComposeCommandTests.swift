import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing
import YAMLDocuments

extension EndToEnd {
    @Suite("lintel compose")
    struct ComposeCommandTests {
        /// Runs the command over the example.
        private static func compose(
            _ arguments: String..., routes: String = PackageFolder.path + "/routes"
        ) throws
            -> (code: Int32, output: String, error: String)
        {
            let result = try ChildProcess.run(
                [LintelExecutable.path, "compose"] + arguments
                    + (arguments.first == "import" ? [] : ["--routes", routes]),
                within: 60)
            return (result.code, result.output, result.error)
        }

        /// YAML or JSON as a value.
        private static func value(_ text: String) throws -> JSONValue {
            try DocumentParser.parse(SourceFile(path: "text.yaml", bytes: Array(text.utf8))).get().root
        }

        @Test(
            "what is exported to Arazzo and imported again is the same composition",
            arguments: ["getOrderPage", "placeOrder"])
        func roundTrip(name: String) throws {
            let exported = try Self.compose("export", name)
            #expect(exported.code == 0, "\(exported.error)")
            #expect(exported.error.contains("in x-lintel: "))
            let folder = try TemporaryFolder(["page.arazzo.yaml": exported.output])
            let imported = try Self.compose("import", folder.file("page.arazzo.yaml"))
            #expect(imported.code == 0, "\(imported.error)")
            let own = try Self.value(FileContent.text(PackageFolder.path + "/routes/pages.yaml"))["compositions"]?[name]
            let back = try Self.value(imported.output)["compositions"]?[name]
            #expect(try #require(back).structurallyEquals(try #require(own)), "\(imported.output)")
        }

        @Test("an export keeps the rules of Arazzo's text", arguments: ["getOrderPage", "placeOrder"])
        func rules(name: String) throws {
            let root = try Self.value(try Self.compose("export", name, "--json").output)
            #expect(root["arazzo"]?.string == "1.1.0")
            #expect(ArazzoStructure(root).faults == [])
            #expect(root["info"]?["title"]?.string != nil && root["info"]?["version"]?.string != nil)
            let sources = root["sourceDescriptions"]?.elements.compactMap { $0["name"]?.string } ?? []
            #expect(
                !sources.isEmpty
                    && root["sourceDescriptions"]?.elements.allSatisfy { $0["type"]?.string == "openapi" } == true)
            let workflow = try #require(root["workflows"]?[0])
            #expect(workflow["workflowId"]?.string == name)
            var known: [String: Set<String>] = [:]
            for step in try #require(workflow["steps"]).elements {
                let id = try #require(step["stepId"]?.string)
                #expect(id.wholeMatch(of: /[A-Za-z0-9_\-]+/) != nil)
                let operation = try #require(step["operationId"]?.string)
                #expect(sources.contains { operation.hasPrefix("$sourceDescriptions.\($0).") })
                for parameter in step["parameters"]?.elements.map(\.self) ?? [] {
                    #expect(["path", "query", "header", "cookie"].contains(parameter["in"]?.string))
                    #expect(parameter["name"]?.string != nil && parameter["value"] != nil)
                }
                for wait in step["dependsOn"]?.elements.map(\.self) ?? [] {
                    let id = String((wait.string ?? "").dropFirst("$steps.".count))
                    #expect(known[id] != nil, "a step stands behind those that it waits for")
                }
                // Every expression names an output of a step before.
                var texts: [String] = []
                for key in ["parameters", "requestBody"] { Self.gather(step[key], into: &texts) }
                for text in texts where text.hasPrefix("$steps.") {
                    let words = text.split(separator: ".", maxSplits: 3).map(String.init)
                    #expect(words[2] == "outputs" && known[words[1]]?.contains(words[3]) == true, "\(text)")
                }
                known[id] = Set(step["outputs"]?.members.map(\.name) ?? [])
                for output in step["outputs"]?.members.map(\.self) ?? [] {
                    #expect(output.name.wholeMatch(of: /[a-zA-Z0-9.\-_]+/) != nil)
                    #expect(output.value.string?.hasPrefix("$") == true)
                }
                for member in step.members { #expect(!member.name.hasPrefix("$") && member.name != "call") }
            }
            for output in workflow["outputs"]?.members.map(\.self) ?? [] {
                let words = (output.value.string ?? "").split(separator: ".", maxSplits: 3).map(String.init)
                #expect(words.count == 4 && known[words[1]]?.contains(words[3]) == true)
            }
        }

        @Test("what breaks the structure of Arazzo is seen")
        func brokenStructure() throws {
            let root = try Self.value(
                """
                arazzo: 1.0.1
                info: { title: t }
                sourceDescriptions: [{ name: a b, url: u }]
                workflows:
                  - workflowId: w
                    steps:
                      - { stepId: one, operationId: x, dependsOn: [two], call: y }
                      - { stepId: one, parameters: [{ name: p, value: 1 }], outputs: { "a b": $response.body } }
                """)
            #expect(
                ArazzoStructure(root).faults == [
                    "arazzo", "info: version is missing", "sourceDescriptions[0].name",
                    "workflows[0].steps[0]: call", "workflows[0].steps[0].dependsOn[0]",
                    "workflows[0].steps[1]: one of operationId and operationPath",
                    "workflows[0].steps[1].parameters[0]: in is missing", "workflows[0].steps[1].outputs: a b",
                    "workflows[0].steps: a stepId stands twice",
                ])
        }

        /// The texts of a value.
        private static func gather(_ value: JSONValue?, into texts: inout [String]) {
            guard let value else { return }
            if let text = value.string { texts.append(text) }
            for element in value.elements { gather(element, into: &texts) }
            for member in value.members { gather(member.value, into: &texts) }
        }

        @Test("a description from elsewhere becomes a composition that loads, and what was left out is listed")
        func foreign() throws {
            let folder = try TemporaryFolder([
                "buy.yaml": """
                arazzo: 1.0.1
                info: { title: buy, version: "1" }
                sourceDescriptions: [{ name: orders, url: orders.yaml, type: openapi }]
                workflows:
                  - workflowId: buy
                    inputs: { type: object, required: [id], properties: { id: { type: integer, minimum: 1 } } }
                    steps:
                      - stepId: order
                        operationId: getOrder
                        parameters: [{ name: orderId, in: path, value: $inputs.id }]
                        successCriteria: [{ condition: $statusCode == 200 }, { context: $response.body, condition: $.id, type: jsonpath }]
                        outputs: { user: $response.body#/userId }
                        onFailure: [{ name: again, type: retry, stepId: order, retryLimit: 2 }]
                      - stepId: others
                        operationId: listOrders
                        parameters: [{ name: userId, in: query, value: $steps.order.outputs.user }]
                        onSuccess: [{ name: on, type: goto, stepId: order }]
                        outputs: { all: $response.body }
                    outputs: { orders: $steps.others.outputs.all }
                """
            ])
            let imported = try Self.compose("import", folder.file("buy.yaml"))
            #expect(imported.code == 1)
            for left in ["a criterion of the step `order`", "`onSuccess` of the step `others`", "has no endpoint"] {
                #expect(imported.error.contains(left), "\(imported.error)")
            }
            #expect(imported.error.contains(/buy\.yaml:17:\d+: warning: `onSuccess`/))
            let composition = try #require(try Self.value(imported.output)["compositions"]?["buy"])
            #expect(composition["steps"]?["order"]?["retry"]?["attempts"]?.int == 2)
            #expect(composition["steps"]?["order"]?["accept"]?[0]?.int == 200)
            #expect(composition["steps"]?["others"]?["with"]?["userId"]?.string == "$steps.order.body#/userId")
            #expect(composition["steps"]?["others"]?["dependsOn"]?[0]?.string == "order")
            #expect(composition["respond"]?["orders"]?.string == "$steps.others.body")
            // It loads beside the example's own settings.
            let loaded = try TemporaryFolder([
                "routes/shop.yaml": FileContent.text(PackageFolder.path + "/routes/shop.yaml"),
                "routes/buy.yaml": imported.output,
                "specs/users.yaml": FileContent.text(PackageFolder.path + "/specs/users.yaml"),
                "specs/products.yaml": FileContent.text(PackageFolder.path + "/specs/products.yaml"),
                "specs/orders.yaml": FileContent.text(PackageFolder.path + "/specs/orders.yaml"),
            ])
            let check = try ChildProcess.run(
                [LintelExecutable.path, "check", "--routes", loaded.path + "/routes"], within: 60)
            #expect(check.code == 0, "\(check.output)")
        }

        @Test("the plan is printed in words and as a picture; an unknown name is told with the nearest one")
        func plans() throws {
            let words = try Self.compose("plan", "placeOrder")
            #expect(words.output.contains("undone by products.deleteReservation"))
            let picture = try Self.compose("plan", "getOrderPage", "--svg")
            #expect(picture.code == 0)
            for text in ["<svg", "orders.getOrder", "each, 8 at a time", "</svg>"] {
                #expect(picture.output.contains(text))
            }
            for name in ["getOrderPage", "placeOrder"] {
                let file = FileContent.text(PackageFolder.path + "/routes/\(name).svg")
                #expect(try Self.compose("plan", name, "--svg").output == file, "routes/\(name).svg is not up to date")
            }
            let unknown = try Self.compose("plan", "placeOrders")
            #expect(unknown.code == 2)
            #expect(unknown.error.contains("placeOrder"))
        }
    }
}
