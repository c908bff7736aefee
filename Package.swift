// swift-tools-version: 6.3
import PackageDescription

// The floor plan: a module may import only modules on lower floors, or those named beside it.
// Sources/README.md says what each one holds; Tests/Architecture holds the imports to it.

/// Settings of every target of ours: nothing that the compiler warns about is kept.
///
/// The run-time half of exclusivity checking (overlapping access to a class' property) stays on in debug builds, where the
/// tests run; in release it would cost every request some 4 % of its processor time. Bounds and overflow are checked in both.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// A module of ours.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: strict)
}

/// The tests of a module, in a folder of the same name.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nio: [Target.Dependency] = [nioCore, .product(name: "NIOPosix", package: "swift-nio")]
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let hashing = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let crypto: [Target.Dependency] = [hashing, .product(name: "CryptoExtras", package: "swift-crypto")]
let tls = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let http2: [Target.Dependency] = [
    .product(name: "NIOHTTP2", package: "swift-nio-http2"), .product(name: "NIOHPACK", package: "swift-nio-http2"),
]
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "lintel",
    products: [.executable(name: "lintel", targets: ["LintelCommand"])],
    dependencies: [
        // Buffers, futures, the vocabulary of event loops, TLS's channels. Loops and sockets of the hot path and the HTTP
        // codec on top of them are our own (Sources/README.md says why).
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // Queues taken from the front in constant time, and the heap of timers.
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        // SHA-256 of keys and passwords, signatures of tokens.
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        // TLS: key sets are fetched by https. Verification, SNI and BoringSSL come with it; there is no other TLS for NIO.
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        // HTTP/2's frames, HPACK, flow control and its guards against floods; what they mean to an exchange is our own.
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        // The command line: options, help, completions.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    ],
    targets: [
        // System
        .systemLibrary(
            name: "CYAML", path: "Sources/CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CPCRE2", path: "Sources/CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CEpoll", path: "Sources/CEpoll"),

        // Documents
        module("SourceDiagnostics"),
        module("JSONDocuments", ["SourceDiagnostics"]),
        module("YAMLDocuments", ["CYAML", "SourceDiagnostics", "JSONDocuments"]),
        module("OpenAPIDocuments", ["SourceDiagnostics", "JSONDocuments", "YAMLDocuments"]),
        module("FindingReports", ["SourceDiagnostics", "JSONDocuments"]),

        // Contracts
        module("PatternMatching", ["CPCRE2"]),
        module("SchemaEvaluation", ["JSONDocuments", "PatternMatching"]),
        module("SchemaCompilation", ["SourceDiagnostics", "JSONDocuments", "PatternMatching", "SchemaEvaluation"]),
        module("RequestRouting", ["SourceDiagnostics"]),
        module("ContentDecoding", ["CZlib"]),
        module(
            "MessageContracts",
            [
                "SourceDiagnostics", "JSONDocuments", "OpenAPIDocuments", "PatternMatching", "SchemaEvaluation",
                "SchemaCompilation", "ContentDecoding",
            ]),
        module(
            "ContractLinting",
            [
                "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments", "PatternMatching",
                "SchemaEvaluation", "SchemaCompilation", "RequestRouting", "MessageContracts",
            ]),

        module(
            "ContractComparison",
            ["SourceDiagnostics", "JSONDocuments", "OpenAPIDocuments", "ContractLinting"]),
        module("JSONPathQueries", ["JSONDocuments", "PatternMatching"]),
        module("CompositionLanguage", ["SourceDiagnostics", "JSONDocuments", "OpenAPIDocuments"]),
        module(
            "LintRulesets",
            [
                "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments", "PatternMatching",
                "SchemaEvaluation", "SchemaCompilation", "ContractLinting", "JSONPathQueries",
            ]),

        // Traffic
        module("SocketTransport", [nioCore, deque, heap, "CEpoll"]),
        module(
            "SecureTransport",
            [nioCore, tls, .product(name: "NIOTLS", package: "swift-nio"), "SocketTransport"]),
        module("HTTPExchanges", [nioCore, "SocketTransport"]),
        module("HTTP2Framing", [nioCore, deque] + http2 + ["SocketTransport", "HTTPExchanges"]),
        module(
            "HTTPServing",
            [nioCore, deque] + http2 + ["SocketTransport", "SecureTransport", "HTTPExchanges", "HTTP2Framing"]),
        module("NameResolution", [nioCore]),
        module(
            "UpstreamCalls",
            [nioCore, deque] + http2 + ["SocketTransport", "SecureTransport", "HTTPExchanges", "HTTP2Framing"]),
        module("ResponseCaching", nio + ["HTTPExchanges"]),
        module("TrafficPolicies", crypto + ["JSONDocuments", "HTTPExchanges"]),
        module("RedisConnections", nio + [tls]),
        module("KeySetFetching", nio + [tls, "HTTPExchanges", "TrafficPolicies"]),

        // Operations
        module("GatewaySettings", ["SourceDiagnostics", "JSONDocuments", "YAMLDocuments"]),
        module("GatewayTelemetry", ["JSONDocuments"]),
        module(
            "DocumentationPortal",
            ["ContentDecoding", "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments"]),
        module(
            "DemoServices",
            [nioCore, "SourceDiagnostics", "JSONDocuments", "SocketTransport", "HTTPExchanges", "HTTPServing"]),
        module(
            "GatewayPipeline",
            nio + [
                hashing,
                "SourceDiagnostics", "JSONDocuments", "OpenAPIDocuments", "RequestRouting", "ContentDecoding",
                "MessageContracts", "ContractLinting", "ContractComparison", "LintRulesets", "CompositionLanguage",
                "SocketTransport", "SecureTransport", "HTTPExchanges", "HTTPServing", "NameResolution", "UpstreamCalls",
                "ResponseCaching",
                "TrafficPolicies", "KeySetFetching", "RedisConnections", "GatewaySettings", "GatewayTelemetry",
                "DocumentationPortal",
            ]),
        .executableTarget(
            name: "LintelCommand",
            dependencies: nio + [
                arguments, "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments",
                "SchemaEvaluation", "SchemaCompilation", "RequestRouting", "MessageContracts", "ContractLinting",
                "ContractComparison", "CompositionLanguage", "LintRulesets", "FindingReports", "HTTPExchanges",
                "HTTPServing", "RedisConnections",
                "GatewaySettings", "GatewayTelemetry",
                "DemoServices", "DocumentationPortal", "GatewayPipeline",
            ],
            path: "Sources/LintelCommand", swiftSettings: strict),

        // Tests mirror the floors. Conformance replays public suites, EndToEnd drives the executable over real sockets,
        // Architecture holds the tree to the floor plan.
        tests("SourceDiagnostics", ["SourceDiagnostics"]),
        tests("JSONDocuments", ["SourceDiagnostics", "JSONDocuments", "TestSupport"]),
        tests("YAMLDocuments", ["SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "TestSupport"]),
        tests(
            "OpenAPIDocuments",
            ["SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments", "TestSupport"]),
        tests("FindingReports", ["SourceDiagnostics", "JSONDocuments", "FindingReports", "TestSupport"]),
        tests("PatternMatching", ["PatternMatching"]),
        tests("SchemaEvaluation", ["JSONDocuments", "SchemaEvaluation"]),
        tests(
            "SchemaCompilation",
            ["SourceDiagnostics", "JSONDocuments", "PatternMatching", "SchemaEvaluation", "SchemaCompilation"]),
        tests("RequestRouting", ["SourceDiagnostics", "RequestRouting"]),
        tests("ContentDecoding", ["ContentDecoding", "TestSupport"]),
        tests(
            "MessageContracts",
            [
                "SourceDiagnostics", "JSONDocuments", "OpenAPIDocuments", "PatternMatching", "SchemaEvaluation",
                "SchemaCompilation", "MessageContracts", "TestSupport",
            ]),
        tests(
            "ContractLinting",
            [
                "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments", "SchemaCompilation",
                "SchemaEvaluation", "ContractLinting", "TestSupport",
            ]),
        tests(
            "ContractComparison",
            [
                "SourceDiagnostics", "JSONDocuments", "OpenAPIDocuments", "ContractLinting", "ContractComparison",
                "TestSupport",
            ]),
        tests(
            "CompositionLanguage",
            ["SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments", "CompositionLanguage"]),
        tests("JSONPathQueries", ["SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "JSONPathQueries"]),
        tests(
            "LintRulesets",
            [
                "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments", "ContractLinting",
                "LintRulesets", "TestSupport",
            ]),
        tests("GatewaySettings", ["SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "GatewaySettings"]),
        tests("GatewayTelemetry", ["GatewayTelemetry"]),
        tests(
            "DocumentationPortal",
            [
                "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments", "ContractLinting",
                "DocumentationPortal", "TestSupport",
            ]),
        tests(
            "DemoServices",
            [
                "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "SchemaEvaluation", "SchemaCompilation",
                "DemoServices",
            ]),
        tests(
            "Conformance",
            [
                "SourceDiagnostics", "JSONDocuments", "SchemaEvaluation", "SchemaCompilation", "TestSupport",
                "LintelCommand",
            ]),
        tests("Architecture"),
        .target(
            name: "TestSupport", dependencies: nio + crypto + [tls, "CZlib"], path: "Tests/Support",
            swiftSettings: strict),
        tests("HTTPExchanges", nio + ["SourceDiagnostics", "JSONDocuments", "HTTPExchanges", "TestSupport"]),
        tests("SocketTransport", [nioCore, "SocketTransport", "TestSupport"]),
        tests("SecureTransport", [nioCore, tls, "SocketTransport", "SecureTransport", "TestSupport"]),
        tests("HTTP2Framing", [nioCore] + http2 + ["SocketTransport", "HTTP2Framing"]),
        tests("HTTPServing", [nioCore, "SocketTransport", "HTTPExchanges", "HTTPServing", "TestSupport"]),
        tests("ResponseCaching", nio + ["HTTPExchanges", "ResponseCaching"]),
        tests("NameResolution", [nioCore, "NameResolution", "TestSupport"]),
        tests(
            "UpstreamCalls",
            [nioCore] + http2 + ["SocketTransport", "SecureTransport", "HTTPExchanges", "UpstreamCalls", "TestSupport"]),
        tests("TrafficPolicies", crypto + ["JSONDocuments", "HTTPExchanges", "TrafficPolicies"]),
        tests("RedisConnections", nio + ["RedisConnections", "TestSupport"]),
        tests(
            "KeySetFetching",
            nio + [
                tls, .product(name: "NIOEmbedded", package: "swift-nio"), "TrafficPolicies", "KeySetFetching",
                "TestSupport",
            ]),
        tests(
            "GatewayPipeline",
            nio + [
                "SourceDiagnostics", "JSONDocuments", "OpenAPIDocuments", "RequestRouting", "MessageContracts",
                "CompositionLanguage", "HTTPExchanges", "GatewaySettings", "GatewayTelemetry", "TrafficPolicies",
                "GatewayPipeline", "TestSupport",
            ]),
        tests(
            "LintelCommand",
            [
                "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments", "SchemaCompilation",
                "MessageContracts", "LintelCommand", "TestSupport",
            ]),
        tests(
            "EndToEnd",
            ["SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "DemoServices", "LintelCommand", "TestSupport"]),

        // Measured by `make bench`.
        .executableTarget(
            name: "EngineBenchmark",
            dependencies: ["SourceDiagnostics", "JSONDocuments", "SchemaEvaluation", "SchemaCompilation"],
            path: "Tests/Benchmarks/EngineBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "CacheBenchmark",
            dependencies: [.product(name: "NIOCore", package: "swift-nio"), "HTTPExchanges", "ResponseCaching"],
            path: "Tests/Benchmarks/CacheBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "RouterBenchmark", dependencies: ["RequestRouting"], path: "Tests/Benchmarks/RouterBenchmark",
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// Coverage-guided fuzzing: links libFuzzer, so it exists only for `make fuzz`.
if Context.environment["LINTEL_FUZZ"] != nil {
    package.targets += [
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "SourceDiagnostics", "JSONDocuments", "YAMLDocuments", "OpenAPIDocuments",
                "PatternMatching", "SchemaEvaluation", "SchemaCompilation", "RequestRouting", "MessageContracts",
                "HTTPExchanges", "TrafficPolicies", "GatewaySettings", "GatewayTelemetry",
            ] + crypto,
            path: "Tests/Fuzzing", exclude: ["README.md", "fuzz.py", "seeds.py"], swiftSettings: strict)
    ]
}
