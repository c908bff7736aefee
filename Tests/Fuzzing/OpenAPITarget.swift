import JSONDocuments
import MessageContracts
import OpenAPIDocuments
import SourceDiagnostics

/// API descriptions of up to four files: loaded, compiled and bundled without a trap, and a bundle is as good as the
/// files it was made of.
///
/// Files are cut apart by lines of eight equals signs; they are called `a.yaml` to `d.yaml`.
struct OpenAPITarget: FuzzTarget {
    static let name = "openapi"

    /// What stands between two files.
    private let separator = Array("\n========\n".utf8)

    func run(_ input: UnsafeRawBufferPointer) {
        let names = ["a", "b", "c", "d"]
        var contents: [String: [UInt8]] = [:]
        for (name, part) in zip(names, InputParts.cut(input, at: separator, limit: names.count)) {
            contents["/s/\(name).yaml"] = Array(part)
        }
        guard let main = load(contents, "/s/a.yaml"), let contract = APIContract.compile(main).contract else { return }
        hold(contract.operations.count == main.operations.count, "every operation has a contract")
        var bundler = DocumentBundler(main)
        guard let bundle = bundler.bundle().document else { return }
        guard let again = load(["/s/a.yaml": JSONWriter.bytes(of: bundle.root)], "/s/a.yaml") else {
            return hold(false, "a bundle of files without errors has none")
        }
        hold(again.operations.count == main.operations.count, "a bundle has every operation")
    }

    /// Loads; nil where there is an error.
    private func load(_ contents: [String: [UInt8]], _ path: String) -> OpenAPIDocument? {
        let files = DocumentFiles(
            realPath: { contents[$0] == nil ? nil : $0 },
            read: { path, limit in
                contents[path].map { $0.count > limit ? .failure(.tooLarge) : .success($0) } ?? .failure(.missing)
            })
        let (document, diagnostics) = DocumentLoader(files: files).load(path)
        _ = DiagnosticRenderer(form: .excerpts).render(diagnostics)
        return diagnostics.contains { $0.severity == .error } ? nil : document
    }
}
