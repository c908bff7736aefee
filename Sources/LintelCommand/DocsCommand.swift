import ArgumentParser
import DocumentationPortal
import Glibc

/// `lintel docs`: the documentation pages as files, for a place where no gateway runs.
struct DocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs",
        abstract: "Write the documentation pages as static files.",
        discussion: """
            The pages are those that the gateway serves, below the same path: DIR has a folder `docs` to put at the root \
            of a site. Trying an operation needs the gateway; everything else works.

            EXAMPLE
              lintel docs --out site
            """)

    @OptionGroup var option: RoutesOption

    @Option(
        name: [.customShort("o"), .customLong("out")], help: ArgumentHelp("The folder to write to.", valueName: "DIR"))
    var out: String

    func run() throws {
        let outcome = option.load(withPages: true)
        guard let portal = outcome.snapshot?.portal else {
            Terminal.output.write(outcome.diagnostics)
            Terminal.error.write(Summary.text(outcome.diagnostics, in: option.folder))
            throw ExitCode(2)
        }
        let addresses = portal.addresses
        let progress = ProgressLine(of: addresses.count, "pages", isShown: true)
        for (done, address) in addresses.enumerated() {
            progress.show(done)
            guard let resource = portal.resource(at: portal.root + address), resource.status == 200 else { continue }
            try write(resource.content, to: address, isPage: resource.type.hasPrefix("text/html"), below: portal.root)
        }
        progress.end()
        Terminal.error.write("lintel: \(addresses.count) files below \(out)")
    }

    /// Writes a file; pages get a folder each, so that their addresses stay.
    private func write(_ content: [UInt8], to address: String, isPage: Bool, below root: String) throws {
        // A segment of an address must not lead out of the folder.
        let segments = (root + address).split(separator: "/").map(String.init)
        guard !segments.contains(where: { $0 == "." || $0 == ".." || $0.utf8.contains(0) }) else { return }
        var folder = out
        _ = mkdir(folder, 0o755)
        for segment in isPage ? segments[...] : segments.dropLast() {
            folder += "/" + segment
            _ = mkdir(folder, 0o755)
        }
        let path = folder + "/" + (isPage ? "index.html" : segments.last ?? "index.html")
        guard WholeFile.write(content, to: path) else {
            Terminal.error.write("lintel: cannot write \(path): \(String(cString: strerror(errno)))")
            throw ExitCode(2)
        }
    }
}
