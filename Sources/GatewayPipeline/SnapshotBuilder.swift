import CompositionLanguage
import DocumentationPortal
import GatewaySettings
import GatewayTelemetry
import HTTPExchanges
import JSONDocuments
import KeySetFetching
import MessageContracts
import NIOCore
import NameResolution
import OpenAPIDocuments
import RequestRouting
import SourceDiagnostics
import TrafficPolicies
import UpstreamCalls

/// Loads settings and documents, compiles them, and builds the snapshot: the one path for `check`, `routes`, `explain`
/// and `serve`, so that what is accepted in CI is what runs at the edge.
package struct SnapshotBuilder {
    /// What came of a load.
    package struct Outcome: Sendable {
        /// The snapshot; nil when a diagnostic is an error.
        package let snapshot: Snapshot?
        /// The settings; nil when they could not be read.
        package let settings: GatewaySettings?
        /// Everything found, all at once.
        package let diagnostics: [Diagnostic]
        /// Files read, with the documents.
        package let files: [SourceFile]
        /// The public listeners with their certificates; empty when there is no snapshot.
        package let listeners: [ListenerPlan]
        /// Where traces go; nil where they go nowhere.
        package let traces: TraceDestination?
        /// What the load saw of the file system.
        package let record: FileRecord
        /// The counters that the snapshot counts with.
        package let metrics: MetricsRegistry
    }

    private let metrics: MetricsRegistry
    private let record: FileRecord
    /// How documents are reached.
    private let documentFiles: DocumentFiles
    /// Reads a certificate or a key; the record notes its digest only.
    private let secretFile: @Sendable (String) -> [UInt8]?
    private var diagnostics: [Diagnostic] = []
    private var listeners: [ListenerPlan] = []
    private var traces: TraceDestination?
    private var files: [SourceFile] = []
    private var rows: [RouteRow] = []
    private var mounts: [MountRow] = []
    private var mountOfRow: [Int] = []
    private var table = RouteTableBuilder()
    private var documented: [DocumentedAPI] = []
    private var callables: [CompositionBuilder.Callable] = []

    private init(metrics: MetricsRegistry, record: FileRecord) {
        self.metrics = metrics
        self.record = record
        documentFiles = record.noting(.system)
        let environment = record.noting(.process)
        secretFile = { try? environment.readFile($0).get() }
    }

    /// Loads the folder of settings at `path` and everything that it names.
    ///
    /// - Parameters:
    ///   - metrics: the counters of the process; nil makes some for as many workers as the settings say.
    ///   - withPages: whether the snapshot has the documentation, which only a gateway that serves needs.
    package static func load(routes path: String, metrics: MetricsRegistry? = nil, withPages: Bool = false) -> Outcome {
        let record = FileRecord()
        let loaded = SettingsLoader(environment: record.noting(.process)).load(folder: path)
        var builder = SnapshotBuilder(
            metrics: metrics ?? MetricsRegistry(workers: loaded.readable?.workers ?? 1), record: record)
        return builder.load(loaded, withPages)
    }

    private mutating func load(_ loaded: SettingsLoader.Outcome, _ withPages: Bool) -> Outcome {
        diagnostics = loaded.diagnostics
        files = loaded.files
        // Mistakes in documents are told beside those in settings: whoever mends them wants to see them all at once.
        guard let settings = loaded.readable else { return outcome(nil, nil) }
        diagnostics += settings.unsupportedFeatures.map(\.diagnostic)
        if let file = settings.cache?.redisAuthorities, let place = file.origin,
            file.content.withBytes({ KeySetFetcher.certificateCount(inPEM: $0) }) == nil
        {
            diagnostics.append(
                Diagnostic(.error, "invalid-certificate", "\(file.path) holds no certificate in PEM", at: place))
        }
        traces = settings.telemetry.traces.flatMap { TraceDestination($0, read: secretFile, diagnostics: &diagnostics) }
        listeners = ListenerPlan.all(of: settings, read: secretFile, diagnostics: &diagnostics)
        var upstreams: [UpstreamPlan] = []
        for upstream in settings.upstreams { upstreams.append(plan(upstream, settings: settings)) }
        var security = SecurityPlanner(settings)
        for api in settings.apis { add(api, settings: settings, security: &security) }
        addCompositions(settings, security: &security)
        diagnostics += security.diagnostics
        if rows.contains(where: \.opensWebSockets) || mounts.contains(where: { $0.undeclared?.opensWebSockets == true })
        {
            for index in listeners.indices { listeners[index].protocols.webSockets = true }
        }
        let (routes, conflicts) = table.build()
        diagnostics += conflicts
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            return outcome(nil, loaded.settings)
        }
        var digest = ContentDigest()
        for file in files.sorted(by: { $0.path < $1.path }) {
            digest.update(Array(file.path.utf8))
            digest.update(file.bytes)
        }
        let snapshot = Snapshot(
            table: routes, rows: rows, mounts: mounts, mountOfRow: mountOfRow, upstreams: upstreams, hash: digest.text,
            portal: withPages ? portal(settings.docs) : nil)
        return outcome(snapshot, settings)
    }

    /// The documentation, with the viewers whose files are there.
    private func portal(_ docs: DocsSettings) -> DocumentationPortal {
        var files: [String: [UInt8]] = [:]
        for name in ViewerAssets.names {
            guard let place = documentFiles.realPath("\(docs.assets)/\(name)"),
                case .success(let bytes) = documentFiles.read(place, 16 << 20)
            else { continue }
            files[name] = bytes
        }
        return DocumentationPortal(
            documented, at: docs.path, viewers: ViewerAssets(files), tellsInsights: docs.insights == .public)
    }

    private func outcome(_ snapshot: Snapshot?, _ settings: GatewaySettings?) -> Outcome {
        Outcome(
            snapshot: snapshot, settings: settings, diagnostics: diagnostics, files: files,
            listeners: snapshot == nil ? [] : listeners, traces: traces, record: record, metrics: metrics)
    }

    // MARK: APIs

    /// Loads and compiles an API's document and adds its operations.
    private mutating func add(
        _ api: Named<APISettings>, settings: GatewaySettings, security: inout SecurityPlanner
    ) {
        let value = api.value
        if DocumentationPortal.reservedNames.contains(api.name) || api.name == CompositionBuilder.name {
            diagnostics.append(
                Diagnostic(
                    .error, "reserved-name",
                    "an API cannot be called `\(api.name)`: that is a page of the documentation",
                    at: api.range))
        }
        let loaded = load(api)
        // A file that is not there has been reported where the settings name it.
        diagnostics += loaded.diagnostics.filter { $0.code != "file-missing" || $0.range != nil }
        guard let document = loaded.document else { return }
        files += document.files.map(\.document.file)
        let names = document.operations.map {
            OperationName(operationID: $0.operationID, method: $0.method, path: $0.pathTemplate, tags: $0.tags)
        }
        diagnostics += api.diagnostics(against: names)
        diagnostics += SecurityBindings.diagnostics(document, api: api)
        let schemes = security.schemes(of: document, api: api)
        let defaults = settings.resolve(api: api.name)
        let options = ContractOptions(jsonDepth: defaults.exchange.limits.jsonDepth.value)
        let compiled = APIContract.compile(document, options: options)
        diagnostics += compiled.diagnostics
        guard let contract = compiled.contract, let upstreamPath = prefix(value.upstreamPath, api: api),
            let upstream = settings.upstreams.firstIndex(where: { $0.name == value.upstream.value })
        else { return }
        var digest = ContentDigest()
        for file in document.files { digest.update(file.document.file.bytes) }
        let place = Place(
            api: api, settings: settings, upstream: upstream, upstreamPath: upstreamPath)
        var caching = CachePlanner(
            api: api, digest: digest.text,
            isStoredInParts: ComposedCachePlanner.storesParts(of: api.name, settings.compositions))
        for operation in contract.operations {
            caching.add(
                operation,
                settings.resolve(
                    api: api.name, operationID: operation.operationID, method: operation.method,
                    path: operation.pathTemplate, tags: operation.tags))
        }
        let mount = mounts.count
        let undeclaredPlan =
            value.undeclared == .reject ? nil : security.undeclaredPlan(schemes, use: defaults.policies, api: api)
        mounts.append(
            MountRow(
                undeclared: value.undeclared == .reject
                    ? nil : undeclaredRow(place, undeclaredPlan, caching.undeclaredInvalidation)))
        var needs: [SecurityPlanner.OperationNeeds] = []
        var upgrade = value.undeclared == .reject ? nil : defaults.exchange.upgrade
        let declaredRows = contract.operations.map { operation in
            let resolved = settings.resolve(
                api: api.name, operationID: operation.operationID, method: operation.method,
                path: operation.pathTemplate, tags: operation.tags)
            let plan = security.plan(operation.security, schemes, use: resolved.policies, api: api)
            let own = security.needs(of: operation.security, schemes, use: resolved.policies)
            needs.append(own)
            if operation.method == "GET", upgrade?.value != .websocket { upgrade = resolved.exchange.upgrade }
            return row(
                operation, place, resolved, plan, caching.plan(for: operation, resolved, security: plan, needs: own),
                caching.invalidation(of: operation))
        }
        diagnostics += caching.diagnostics
        if let upgrade, upgrade.value == .websocket, settings.upstreams[upstream].value.protocols == [.h2] {
            diagnostics.append(
                Diagnostic(
                    .error, "upgrade-protocol",
                    "the upstream `\(value.upstream.value)` speaks HTTP/2 alone, and a service is asked for a WebSocket by HTTP/1.1",
                    at: upgrade.origin ?? api.range,
                    suggestion: "say `protocols: [h2, http1]`, or give the operation an upstream of its own"))
        }
        callables.append(
            CompositionBuilder.Callable(
                api: CallableAPI(name: api.name, document: document), rows: declaredRows, needs: needs,
                digest: digest.text))
        guard value.expose == .public else { return }
        table.add(
            MountDefinition(
                id: MountID(index: mount), hosts: value.hosts, prefix: value.mount,
                takesUndeclared: value.undeclared != .reject, range: api.range, name: api.name))
        for (declaredRow, (operation, declared)) in zip(declaredRows, zip(contract.operations, document.operations)) {
            table.add(
                RouteDefinition(
                    id: RouteID(index: rows.count), hosts: value.hosts, mount: value.mount, method: operation.method,
                    template: operation.pathTemplate, range: declared.pathRange, name: "\(api.name).\(operation.name)"))
            rows.append(declaredRow)
            mountOfRow.append(mount)
        }
        documented.append(
            DocumentedAPI(
                name: api.name, document: document, mount: value.mount, hosts: value.hosts,
                treatments: declaredRows.map(OperationTreatment.init)))
    }

    /// The document of an API; methods of gRPC get one that says what is known of them.
    private func load(_ api: Named<APISettings>) -> (document: OpenAPIDocument?, diagnostics: [Diagnostic]) {
        switch api.value.contract {
        case .document(let path):
            let folder = path.value.lastIndex(of: "/").map { String(path.value[..<$0]) } ?? "."
            return DocumentLoader(roots: [folder.isEmpty ? "/" : folder], files: documentFiles).load(path.value)
        case .grpc(let methods):
            let path = GRPCDocument.path(of: api.name)
            return DocumentLoader(files: .memory([path: GRPCDocument.json(methods, of: api.name)])).load(path)
        }
    }

    /// Compiles the compositions and adds them as the operations of one more API.
    private mutating func addCompositions(_ settings: GatewaySettings, security: inout SecurityPlanner) {
        // Without all documents every second name would be unknown.
        guard !settings.compositions.isEmpty, callables.count == settings.apis.count else { return }
        let built = CompositionBuilder(settings: settings, callables: callables, metrics: metrics, files: documentFiles)
            .build(
                &security)
        diagnostics += built.diagnostics
        files += built.files
        guard let document = built.document else { return }
        let mount = mounts.count
        mounts.append(MountRow(undeclared: nil))
        table.add(
            MountDefinition(
                id: MountID(index: mount), range: settings.compositions.first?.range, name: CompositionBuilder.name))
        for (row, range) in zip(built.rows, built.ranges) {
            // RFC 9110 §9.1: who answers GET answers HEAD. No service declares what the gateway alone answers.
            for method in row.method == "GET" ? ["GET", "HEAD"] : [row.method] {
                table.add(
                    RouteDefinition(
                        id: RouteID(index: rows.count), method: method, template: row.template, range: range,
                        name: "\(row.api).\(row.operation)"))
            }
            rows.append(row)
            mountOfRow.append(mount)
        }
        documented.append(
            DocumentedAPI(
                name: CompositionBuilder.name, document: document, mount: "/", hosts: [],
                treatments: built.rows.map(OperationTreatment.init)))
    }

    /// An API's place in the gateway.
    private struct Place {
        let api: Named<APISettings>
        let settings: GatewaySettings
        let upstream: Int
        let upstreamPath: PathPrefix
    }

    private mutating func prefix(_ text: String, api: Named<APISettings>) -> PathPrefix? {
        do {
            return try PathPrefix(text)
        } catch {
            diagnostics.append(
                Diagnostic(.error, "invalid-path", "`upstreamPath` \(error.message)", at: api.range))
            return nil
        }
    }

    /// The row of a declared operation.
    private func row(
        _ operation: OperationContract, _ place: Place, _ resolved: ResolvedSettings,
        _ security: SecurityRequirementPlan?, _ cache: CachePlan?, _ invalidation: CacheInvalidation?
    ) -> RouteRow {
        let mount = place.api.value.mount == "/" ? "" : place.api.value.mount
        return row(
            place, operation: operation.name, method: operation.method, template: mount + operation.pathTemplate,
            contract: operation, security: security, exchange: resolved.exchange, policies: resolved.policies,
            cache: cache, invalidation: invalidation)
    }

    /// The row that takes what the document does not declare.
    private func undeclaredRow(
        _ place: Place, _ security: SecurityRequirementPlan?, _ invalidation: CacheInvalidation?
    ) -> RouteRow {
        let resolved = place.settings.resolve(api: place.api.name)
        return row(
            place, operation: "undeclared", method: "*", template: place.api.value.mount, contract: nil,
            security: security, exchange: resolved.exchange, policies: resolved.policies, invalidation: invalidation)
    }

    private func row(
        _ place: Place, operation: String, method: String, template: String, contract: OperationContract?,
        security: SecurityRequirementPlan?, exchange: ExchangeSettings, policies: [Setting<String>],
        cache: CachePlan? = nil, invalidation: CacheInvalidation? = nil
    ) -> RouteRow {
        RouteRow(
            api: place.api.name, operation: operation, method: method, template: template, upstream: place.upstream,
            upstreamPath: place.upstreamPath, contract: contract, security: security,
            requests: ContractEnforcement(exchange.validation.requests.value),
            responses: ContractEnforcement(exchange.validation.responses.value),
            undeclaredFields: UndeclaredFields(exchange.validation.undeclaredFields.value),
            undeclaredQuery: UndeclaredQuery(exchange.validation.undeclaredQuery.value),
            explanation: ExplanationOptions(
                limit: exchange.errors.max.value, echoesValues: exchange.errors.values.value == .show),
            requestBodyLimit: Int64(exchange.limits.requestBody.value),
            responseBodyLimit: Int64(exchange.limits.responseBody.value), timeout: TimeAmount(exchange.timeout.value),
            responseHeadTimeout: TimeAmount(exchange.timeouts.responseHead.value),
            responseIdleTimeout: TimeAmount(exchange.timeouts.responseIdle.value),
            requestBodyTimeout: TimeAmount(exchange.timeouts.requestBody.value),
            retry: RetryPolicy(place.settings.upstreams[place.upstream].value.retry),
            metrics: metrics.index(of: OperationLabels(api: place.api.name, operation: operation)),
            traffic: TrafficPlan(policies.map(\.value), settings: place.settings),
            cors: CORSPlan(
                policies.map(\.value), settings: place.settings, contract: contract,
                asksForCredentials: security != nil),
            headers: HeaderPlan(policies.map(\.value), settings: place.settings),
            cache: cache,
            invalidation: invalidation,
            hedgeAfter: place.settings.upstreams[place.upstream].value.hedge.map { TimeAmount($0.after) },
            // What is not declared may be a GET, too.
            opensWebSockets: exchange.upgrade.value == .websocket && (method == "GET" || contract == nil),
            tunnelIdleTimeout: TimeAmount(exchange.timeouts.tunnelIdle.value),
            priority: exchange.priority.value)
    }

    // MARK: Upstreams

    /// What connections speak, and whom they believe.
    private mutating func secure(_ configuration: inout UpstreamConfiguration, of upstream: Named<UpstreamSettings>) {
        let security = UpstreamSecurity(upstream, read: secretFile)
        configuration.protocols = security.protocols
        configuration.trust = security.trust
        configuration.http1Trust = security.http1Trust
        diagnostics += security.diagnostics
    }

    /// Who is asked for the names of an upstream: the server of the settings, or for services the one of the system.
    private mutating func resolver(
        for upstream: Named<UpstreamSettings>, _ settings: GatewaySettings
    ) -> DNSResolver? {
        if let server = settings.resolver, let address = try? SocketAddress(ipAddress: server.host, port: server.port) {
            return DNSResolver(server: address)
        }
        guard let service = upstream.value.targets.first(where: { DNSName($0.url.host)?.isService ?? false }) else {
            return nil
        }
        if let server = SystemNameServer.first { return DNSResolver(server: server) }
        diagnostics.append(
            Diagnostic(
                .error, "no-name-server",
                "the instances of \(service.url.host) can only be asked of a name server, and the system names none",
                at: upstream.range, suggestion: "name one as `gateway.resolver`"))
        return nil
    }

    /// An upstream with this process' share of its connections for each worker. Names are resolved when it is served.
    private mutating func plan(_ upstream: Named<UpstreamSettings>, settings: GatewaySettings) -> UpstreamPlan {
        let value = upstream.value
        var configuration = UpstreamConfiguration(name: upstream.name, endpoints: [])
        secure(&configuration, of: upstream)
        let workers = max(1, settings.workers)
        configuration.maxConnections = max(1, value.pool.maxConnections / workers)
        configuration.maxPending = max(1, value.pool.maxPending / workers)
        configuration.idleTimeout = TimeAmount(value.pool.idle)
        configuration.connectTimeout = TimeAmount(value.connectTimeout)
        configuration.balancing = BalancingAlgorithm(value.balance)
        configuration.slowStart = TimeAmount(value.slowStart)
        configuration.consecutiveErrors = value.passiveHealth.consecutiveErrors
        configuration.ejectionTime = TimeAmount(value.passiveHealth.ejectFor)
        configuration.maxEjected = value.passiveHealth.maxEjected.fraction
        configuration.panicBelow = value.panicBelow.fraction
        configuration.activeHealth = value.activeHealth.map {
            ActiveHealthPolicy(
                path: $0.path, interval: TimeAmount($0.interval), timeout: TimeAmount($0.timeout),
                downAfter: $0.downAfter, upAfter: $0.upAfter)
        }
        configuration.circuit = value.circuit.map {
            CircuitPolicy(
                errorRate: $0.errorRate.fraction, window: TimeAmount($0.window), minRequests: $0.minRequests,
                openFor: TimeAmount($0.openFor))
        }
        configuration.retryBudget = value.retry.budget.fraction
        return UpstreamPlan(
            configuration: configuration,
            targets: value.targets.map { target in
                UpstreamTarget(
                    host: target.url.host, port: target.url.port, weight: target.weight,
                    isNear: settings.zone == nil || target.zone == nil || target.zone == settings.zone,
                    security: UpstreamSecurity.of(target.url, name: value.tls?.serverName))
            },
            resolveEvery: TimeAmount(value.resolveEvery), resolver: resolver(for: upstream, settings),
            hashSource: value.balance == .hash ? value.hashBy : nil,
            metrics: metrics.index(ofUpstream: upstream.name))
    }
}

extension ContractEnforcement {
    /// The setting's word.
    init(_ mode: ExchangeSettings.Validation.Mode) {
        switch mode {
        case .enforce: self = .enforce
        case .report: self = .report
        case .skip: self = .skip
        }
    }
}

extension UndeclaredFields {
    /// The setting's word.
    init(_ word: ExchangeSettings.Validation.UndeclaredFields) {
        switch word {
        case .strip: self = .strip
        case .report: self = .report
        case .pass: self = .pass
        }
    }
}

extension UndeclaredQuery {
    /// The setting's word.
    init(_ word: ExchangeSettings.Validation.UndeclaredQuery) {
        switch word {
        case .reject: self = .enforce
        case .report: self = .report
        case .strip: self = .strip
        case .pass: self = .pass
        }
    }
}

extension RetryPolicy {
    /// The settings of an upstream.
    init(_ settings: RetrySettings) {
        self.init()
        attempts = settings.attempts
        methods = settings.methods == .idempotent ? .idempotent : .safe
        onConnect = settings.conditions.contains(.connect)
        onReset = settings.conditions.contains(.reset)
        attemptTimeout = settings.attemptTimeout.map { TimeAmount($0) }
        // Whoever gives attempts a time of their own wants another when it is over.
        onTimeout = settings.conditions.contains(.timeout) || attemptTimeout != nil
        statuses = settings.conditions.compactMap { if case .status(let code) = $0 { code } else { nil } }
    }
}

extension BalancingAlgorithm {
    /// The setting's word.
    init(_ word: UpstreamSettings.Balance) {
        switch word {
        case .roundRobin: self = .roundRobin
        case .leastRequest: self = .leastRequest
        case .peakEWMA: self = .peakEWMA
        case .hash: self = .hash
        }
    }
}

extension TimeAmount {
    /// A duration of the settings.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }
}

extension OperationTreatment {
    /// What a row does for its operation.
    fileprivate init(_ row: RouteRow) {
        self.init(
            enforcesRequests: row.requests == .enforce, enforcesResponses: row.responses == .enforce,
            checksCredentials: row.security != nil, checksAddress: row.traffic?.addresses.isEmpty == false,
            limitsRate: row.traffic?.limitsRate == true,
            cacheLifetime: row.cache.flatMap { $0.storesReplies ? $0.rules.lifetime ?? 0 : nil },
            storesPerCaller: row.cache.map { $0.isSecured && $0.rules.scope != .shared } ?? false,
            storedParts: row.composition.map { composition in
                zip(composition.plan.steps, composition.partPlans).compactMap { $1 == nil ? nil : $0.name }
            }, requestBodyLimit: row.requestBodyLimit,
            timeout: row.timeout.nanoseconds / 1_000_000)
    }
}
