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
        /// The content security policy.
        package var policy = DocumentationPortal.policy

        /// A resource of some content.
        init(_ content: [UInt8], _ type: String) {
            self.content = content
            self.type = type
            compressed = GzipEncoding.compressed(content)
            tag = "\"\(PortalAssets.digest(content))\""
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

    /// Makes the portal of some APIs.
    ///
    /// - Parameters:
    ///   - apis: The APIs that clients reach.
    ///   - path: Where the portal is: `/docs`.
    ///   - viewers: The files of other viewers.
    package init(_ apis: [DocumentedAPI], at path: String, viewers: ViewerAssets = .none) {
        root = path == "/" ? "/" : path + "/"
        self.apis = apis.sorted { $0.name < $1.name }
        operations = self.apis.map { api in
            Dictionary(
                api.document.operations.enumerated().map { (PageAddress.slug($0.element), $0.offset) },
                uniquingKeysWith: { first, _ in first })
        }
        let (root, assets) = (root, assets)
        let listings = ListingPages(apis: self.apis) { PageFrame(root: root, assets: assets, title: $0, api: $1) }
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
        for api in self.apis {
            prepared["\(api.name)/"] = Resource(listings.overview(api), Self.html)
            prepared["\(api.name)/schemas/"] = Resource(listings.schemas(api), Self.html)
            guard let contract = EffectiveContract(api)?.json() else { continue }
            prepared["\(api.name)/openapi.json"] = Resource(contract, "application/json")
            let file = SourceFile(path: "openapi.json", bytes: contract)
            if let parsed = try? JSONDocument(parsing: file, limits: .document) {
                prepared["\(api.name)/openapi.yaml"] = Resource(YAMLWriter.bytes(of: parsed.root), "application/yaml")
            }
        }
        self.prepared = prepared.mapValues { resource in
            var resource = resource
            resource.isPrepared = true
            return resource
        }
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
    package static let policy: StaticString =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

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
    /// - Parameter path: The decoded segments joined by slashes, as `RFC 3986` §3.3 has them after decoding; `~1` and `~0`
    ///   in the segments of places stay.
    package func resource(at path: String) -> Resource? {
        if path + "/" == root {
            var moved = Resource([], Self.html)
            moved.status = 308
            moved.location = root
            return moved
        }
        guard path.hasPrefix(root) else { return nil }
        let rest = String(path.dropFirst(root.count))
        return prepared[rest] ?? page(at: rest) ?? missing()
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
            let page = OperationPage(api: api, operation: operation, number: number, base: base)
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
