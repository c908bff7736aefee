/// The floors of the architecture, as data: the table of Sources/README.md.
///
/// A module may import modules of lower floors, and of its own floor those that stand before it here. What is forbidden
/// beyond that stands in ``never``.
enum FloorPlan {
    /// A floor, from the ground up.
    enum Floor: Int, Comparable {
        case system, documents, contracts, traffic, operations

        static func < (left: Floor, right: Floor) -> Bool { left.rawValue < right.rawValue }
    }

    /// The modules of all floors, in the order of the table.
    static let modules: [(name: String, floor: Floor)] = [
        ("CYAML", .system), ("CPCRE2", .system), ("CZlib", .system), ("CEpoll", .system),
        ("SourceDiagnostics", .documents), ("JSONDocuments", .documents), ("YAMLDocuments", .documents),
        ("OpenAPIDocuments", .documents), ("FindingReports", .documents),
        ("PatternMatching", .contracts), ("SchemaEvaluation", .contracts), ("SchemaCompilation", .contracts),
        ("RequestRouting", .contracts), ("ContentDecoding", .contracts), ("MessageContracts", .contracts),
        ("ContractLinting", .contracts), ("ContractComparison", .contracts), ("JSONPathQueries", .contracts),
        ("LintRulesets", .contracts), ("CompositionLanguage", .contracts),
        ("SocketTransport", .traffic), ("SecureTransport", .traffic), ("HTTPExchanges", .traffic),
        ("HTTP2Framing", .traffic), ("HTTPServing", .traffic), ("NameResolution", .traffic),
        ("UpstreamCalls", .traffic),
        ("ResponseCaching", .traffic), ("ResponseComposition", .traffic), ("TrafficPolicies", .traffic),
        ("RedisConnections", .traffic), ("KeySetFetching", .traffic),
        ("GatewaySettings", .operations), ("GatewayTelemetry", .operations), ("DocumentationPortal", .operations),
        ("DemoServices", .operations), ("GatewayPipeline", .operations), ("LintelCommand", .operations),
    ]

    /// A rule that the order of the floors does not express.
    struct Rule: CustomStringConvertible, Sendable {
        /// The rule in words.
        let description: String

        /// Whether a module may not import another one, ours or not.
        let forbids: @Sendable (_ module: String, _ imported: String) -> Bool
    }

    /// What is never imported.
    static let never: [Rule] = [
        Rule(description: "Documents and Contracts import no NIO, no Logging, no Foundation") { module, imported in
            [.documents, .contracts].contains(floor(of: module))
                && (imported.hasPrefix("NIO") || imported.hasPrefix("Foundation")
                    || ["Logging", "Dispatch"].contains(imported))
        },
        Rule(description: "SchemaEvaluation stays a small kernel") { module, imported in
            module == "SchemaEvaluation"
                && ["SchemaCompilation", "OpenAPIDocuments", "SourceDiagnostics"].contains(imported)
        },
        Rule(description: "Traffic does not know contracts, documents and settings") { module, imported in
            floor(of: module) == .traffic
                && ["OpenAPIDocuments", "MessageContracts", "GatewaySettings"].contains(imported)
        },
        Rule(description: "HTTPServing and UpstreamCalls do not import each other") { module, imported in
            Set([module, imported]) == ["HTTPServing", "UpstreamCalls"]
        },
        Rule(description: "ResponseCaching and ResponseComposition do not import UpstreamCalls") { module, imported in
            ["ResponseCaching", "ResponseComposition"].contains(module) && imported == "UpstreamCalls"
        },
        Rule(description: "one module opens each C library") { module, imported in
            imported == "CYAML" && module != "YAMLDocuments" || imported == "CPCRE2" && module != "PatternMatching"
                || imported == "CZlib" && module != "ContentDecoding"
                || imported == "CEpoll" && module != "SocketTransport"
        },
        Rule(description: "only Operations logs") { module, imported in
            imported == "Logging" && floor(of: module) != .operations
        },
        Rule(description: "nothing imports GatewayPipeline but LintelCommand") { module, imported in
            imported == "GatewayPipeline" && module != "LintelCommand"
        },
    ]

    /// What only Operations may call, since lower floors take clock and environment as parameters: the wall clock and
    /// the environment. The monotonic clock is none of it.
    static let calls = [
        "getenv(", "setenv(", "ProcessInfo", "CLOCK_REALTIME", "gettimeofday(", "time(nil)", "Date()", "Date.now",
    ]

    /// The floor of one of our modules, nil for others.
    static func floor(of module: String) -> Floor? { modules.first { $0.name == module }?.floor }

    /// The place of one of our modules in the table, nil for others.
    static func place(of module: String) -> Int? { modules.firstIndex { $0.name == module } }
}
