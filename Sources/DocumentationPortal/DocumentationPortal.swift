import ContentDecoding
import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import YAMLDocuments

/// The documentation of everything that a gateway fronts, as a site: pages by address, made from the compiled contracts.
///
/// What every reader opens (the lists, the search, the contracts) is made once; the pages of operations and schemas are
/// made when they are asked for, which takes well below a millisecond, so that a document of a thousand operations costs
/// neither time at the start nor memory. All of it is immutable: any number of threads may ask.
package final class DocumentationPortal: Sendable {
    /// An answer.
    package struct Resource: Sendable {
        /// 200, 308 or 404.
        package var status = 200
        /// The media type.
        package let type: String
        /// The content.
        package let content: [UInt8]
        /// The content in the gzip coding, where that is shorter.
        package let compressed: [UInt8]?
        /// The entity tag, quotes included (RFC 9110 §8.8.3).
        package let tag: String
        /// Whether it was made at the start.
        package internal(set) var isPrepared = false
        /// Whether it never changes under its address.
        package var isPermanent = false
        /// Where a 308 leads.
        package var location: String?
        /// Whether it may be another one at once.
        package var isPassing = false
        /// The content security policy.
        package var policy = DocumentationPortal.policy

        /// A resource of some content.
        init(_ content: [UInt8], _ type: String) {
            self.content = content
            self.type = type
            compressed = GzipEncoding.compressed(content)
            tag = "\"\(PortalAssets.digest(content))\""
        }

        /// A page that may be another one at once.
        static func passing(_ content: [UInt8]) -> Resource {
            var resource = Resource(content, DocumentationPortal.html)
            resource.isPassing = true
            return resource
        }
    }

    /// The path of the portal with a slash at its end.
    package let root: String
    /// The APIs in the order of their names.
    package let apis: [DocumentedAPI]
    /// Style and script.
    private let assets = PortalAssets()
    /// What was made at the start, by path below the portal's.
    private let prepared: [String: Resource]
    /// The operations of each API by the last segment of their pages' addresses.
    private let operations: [[String: Int]]

    /// Whether every reader of the pages may see how operations fare.
    package let tellsInsights: Bool

    /// Names that the portal's own addresses begin with: no API can have one.
    package static let reservedNames: Set<String> = [
        "assets", "insights", "oauth2", "openapi.json", "openapi.yaml", "search.json", "swagger", "redoc",
    ]

    /// Makes the portal of some APIs.
    ///
    /// - Parameters:
    ///   - apis: The APIs that clients reach.
    ///   - path: Where the portal is: `/docs`.
    ///   - viewers: The files of other viewers.
    ///   - tellsInsights: Whether every reader may see how operations fare: the pages lead there.
    package init(
        _ apis: [DocumentedAPI], at path: String, viewers: ViewerAssets = .none, tellsInsights: Bool = false
    ) {
        self.tellsInsights = tellsInsights
        root = path == "/" ? "/" : path + "/"
        self.apis = apis.sorted { $0.name < $1.name }
        operations = self.apis.map { api in
            Dictionary(
                api.document.operations.enumerated().map { (PageAddress.slug($0.element), $0.offset) },
                uniquingKeysWith: { first, _ in first })
        }
        let (root, assets) = (root, assets)
        let listings = ListingPages(apis: self.apis, tellsInsights: tellsInsights) {
            PageFrame(root: root, assets: assets, title: $0, api: $1)
        }
        var prepared: [String: Resource] = [:]
        prepared[""] = Resource(listings.index(), Self.html)
        prepared["search.json"] = Resource(SearchIndex.json(of: self.apis), "application/json")
        for path in [assets.style, assets.script, "assets/icon.svg"] {
            guard let asset = assets.content(at: path) else { continue }
            var resource = Resource(Array(asset.text.utf8), asset.type)
            resource.isPermanent = path != "assets/icon.svg"
            prepared[path] = resource
        }
        Self.add(viewers, of: self.apis, root: root, assets: assets, to: &prepared)
        var signIn = Resource(SignIn.page(PageFrame(root: root, assets: assets, title: "Signing in")), Self.html)
        signIn.policy = SignIn.policy(for: self.apis)
        prepared[SignIn.path] = signIn
        var parts: [CombinedPart] = []
        for api in self.apis {
            prepared["\(api.name)/"] = Resource(listings.overview(api), Self.html)
            prepared["\(api.name)/schemas/"] = Resource(listings.schemas(api), Self.html)
            guard let contract = EffectiveContract(api)?.json(),
                let document = Self.add(contract, at: "\(api.name)/openapi", to: &prepared)
            else { continue }
            parts.append(
                CombinedPart(
                    name: api.name, document: document, version: api.document.version, mount: api.mount,
                    hosts: api.hosts))
        }
        // The digest of what is in it is its version: it changes when a contract does.
        let version = PortalAssets.digest(parts.flatMap { JSONWriter.bytes(of: $0.document.root) })
        _ = Self.add(
            DocumentCombiner(parts).json(title: "APIs of this gateway", version: version), at: "openapi", to: &prepared)
        self.prepared = prepared.mapValues { resource in
            var resource = resource
            resource.isPrepared = true
            return resource
        }
    }

    /// Adds a contract as JSON and as YAML; returns it.
    private static func add(
        _ contract: [UInt8], at address: String, to prepared: inout [String: Resource]
    ) -> JSONDocument? {
        prepared[address + ".json"] = Resource(contract, "application/json")
        let file = SourceFile(path: address + ".json", bytes: contract)
        guard let document = try? JSONDocument(parsing: file, limits: .document) else { return nil }
        prepared[address + ".yaml"] = Resource(YAMLWriter.bytes(of: document.root), "application/yaml")
        return document
    }

    /// Adds the pages of other viewers.
    private static func add(
        _ viewers: ViewerAssets, of apis: [DocumentedAPI], root: String, assets: PortalAssets,
        to prepared: inout [String: Resource]
    ) {
        for (name, content) in viewers.files {
            let type = name.hasSuffix(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8"
            prepared["assets/\(name)"] = Resource(content, type)
        }
        for viewer in Viewer.allCases {
            let frame = PageFrame(root: root, assets: assets, title: viewer.title)
            var page = Resource(viewer.page(frame, viewers, root: root), html)
            page.policy = Viewer.policy
            prepared[viewer.rawValue] = page
            prepared["assets/\(viewer.rawValue)-start.js"] = Resource(
                viewer.start(apis, root: root), "text/javascript; charset=utf-8")
        }
    }

    /// The media type of pages.
    private static let html = "text/html; charset=utf-8"

    /// Nothing is loaded from elsewhere, nothing runs but the portal's own script, and the pages stand in no frame.
    package static let policy = Array(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            .utf8)

    /// The other fields that every answer has.
    package static let securityFields: [(name: StaticString, value: StaticString)] = [
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// The paths of all pages below the portal's, for a copy as files.
    package var addresses: [String] {
        var all = Array(prepared.keys)
        for api in apis {
            all += api.document.operations.map { "\(api.name)/operations/\(PageAddress.slug($0))" }
            let schemas = api.document.root["components"]?["schemas"] ?? api.document.root["definitions"]
            all += (schemas.map { Array($0.members) } ?? []).map { "\(api.name)/schemas/\($0.name)" }
        }
        return all.sorted()
    }

    /// The answer for a path; nil for one that is not below the portal's.
    ///
    /// - Parameters:
    ///   - path: The decoded segments joined by slashes, as RFC 3986 §3.3 has them after decoding; `~1` and `~0` in the
    ///     segments of places stay.
    ///   - insights: Who knows how operations fare; nil where the reader may not see that.
    package func resource(at path: String, insights: (any InsightSource)? = nil) -> Resource? {
        if path + "/" == root {
            var moved = Resource([], Self.html)
            moved.status = 308
            moved.location = root
            return moved
        }
        guard path.hasPrefix(root) else { return nil }
        let rest = String(path.dropFirst(root.count))
        return prepared[rest] ?? insights.flatMap { insight(at: rest, $0) } ?? page(at: rest) ?? missing()
    }

    /// A page that tells how operations fare.
    private func insight(at path: String, _ source: any InsightSource) -> Resource? {
        let (root, assets) = (root, assets)
        let pages = InsightPages(root: root, source: source) {
            PageFrame(root: root, assets: assets, title: $0, api: $1)
        }
        if path == "insights/" { return .passing(pages.overview(apis)) }
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[1] == "insights",
            let place = apis.firstIndex(where: { $0.name == parts[0] }), let number = operations[place][parts[2]]
        else { return nil }
        let operation = apis[place].document.operations[number]
        return pages.operation(operation, number: number, of: apis[place]).map(Resource.passing)
    }

    /// A page that is made when it is asked for.
    private func page(at path: String) -> Resource? {
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let place = apis.firstIndex(where: { $0.name == first }) else { return nil }
        let api = apis[place]
        if parts.count == 1 || parts.count == 2 && parts[1] == "schemas" {
            var moved = Resource([], Self.html)
            moved.status = 308
            moved.location = root + PageAddress.encoded(api.name) + (parts.count == 1 ? "/" : "/schemas/")
            return moved
        }
        guard parts.count == 3 else { return nil }
        let base = root + PageAddress.encoded(api.name) + "/"
        switch parts[1] {
        case "operations":
            guard let number = operations[place][parts[2]] else { return nil }
            let operation = api.document.operations[number]
            let insight = tellsInsights ? root + PageAddress.insight(operation, of: api) : nil
            let page = OperationPage(api: api, operation: operation, number: number, base: base, insight: insight)
            let title = operation.node["summary"]?.string ?? operation.name
            var frame = PageFrame(root: root, assets: assets, title: "\(title) · \(api.document.title)", api: api)
            frame.operation = operation
            return Resource(page.bytes(in: frame), Self.html)
        case "schemas":
            let all = api.document.root["components"]?["schemas"] ?? api.document.root["definitions"]
            return all?[parts[2]].map { schema($0, named: parts[2], api, base) }
        case "at":
            let tokens = parts[2].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard let file = tokens.first.flatMap({ Int($0) }), api.document.files.indices.contains(file),
                let pointer = JSONPointer(tokens.dropFirst().map { "/" + $0 }.joined()),
                let value = api.document.files[file].document.root.value(at: pointer),
                value.kind == .object || value.bool != nil
            else { return nil }
            return schema(value, named: value["title"]?.string ?? pointer.tokens.last ?? "Schema", api, base)
        default: return nil
        }
    }

    /// The page of a schema.
    private func schema(_ schema: JSONValue, named name: String, _ api: DocumentedAPI, _ base: String) -> Resource {
        let (root, assets) = (root, assets)
        let listings = ListingPages(apis: apis) { PageFrame(root: root, assets: assets, title: $0, api: $1) }
        return Resource(listings.schema(schema, named: name, of: api, base: base), Self.html)
    }

    /// The page for an address without one.
    private func missing() -> Resource {
        let frame = PageFrame(root: root, assets: assets, title: "Not found")
        var resource = Resource(
            frame.page { page in
                page.markup("<h1>Nothing here</h1><p>The page may have belonged to an earlier version. ")
                page.link(root, "All APIs")
                page.markup("</p>")
            }, Self.html)
        resource.status = 404
        return resource
    }
}
