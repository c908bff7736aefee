import CompositionLanguage
import GatewaySettings
import OpenAPIDocuments
import SourceDiagnostics

/// What `lintel compose` makes of a loaded composition.
package struct CompositionFiles {
    private let snapshot: Snapshot
    private let settings: GatewaySettings

    /// The compositions of a snapshot and of the settings that it was built from.
    package init(_ snapshot: Snapshot, _ settings: GatewaySettings) {
        self.snapshot = snapshot
        self.settings = settings
    }

    /// The names of the compositions.
    package var names: [String] { snapshot.rows.filter { $0.composition != nil }.map(\.operation) }

    private func route(_ name: String) -> CompositionRoute? {
        snapshot.rows.lazy.filter { $0.operation == name }.compactMap(\.composition).first
    }

    /// The plan in words, a line each; nil for a name that is none.
    package func plan(_ name: String) -> String? {
        route(name).map { route in
            let lines = CompositionExplanation.lines(route)
            let width = lines.map(\.0.count).max() ?? 0
            return lines.map { label, text in
                label + String(repeating: " ", count: width - label.count + 1) + text
            }.joined(separator: "\n")
        }
    }

    /// The plan as a picture.
    package func svg(_ name: String) -> String? { route(name).map { CompositionDrawing.svg($0) } }

    /// The composition as an Arazzo description, and what of it stands in `x-lintel`.
    ///
    /// - Parameter url: How the path of a document is written from the place of the description.
    package func arazzo(_ name: String, url: (String) -> String) -> (text: String, extensions: [String])? {
        guard let route = route(name), let composition = settings.compositions.first(where: { $0.name == name }) else {
            return nil
        }
        let described = settings.apis.filter { $0.value.spec != nil }
        let paths = described.compactMap(\.value.spec)
        let apis = zip(described, paths).compactMap { api, path in
            DocumentLoader(roots: Self.folders(of: path)).load(path).document.map {
                CallableAPI(name: api.name, document: $0)
            }
        }
        guard apis.count == described.count else { return nil }
        let value = composition.value
        return ArazzoExport.json(
            CompositionSource(
                name: name, range: composition.range, method: value.method, path: value.path.value,
                pathRange: composition.range, value: value.value), route.plan, over: apis,
            urls: paths.map(url))
    }

    private static func folders(of path: String) -> [String] {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return [folder.isEmpty ? "/" : folder]
    }
}
