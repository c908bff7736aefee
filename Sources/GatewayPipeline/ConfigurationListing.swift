import GatewaySettings
import JSONDocuments

/// What `/config` tells: the snapshot, the files behind it, every setting with its origin. Secrets have no text form.
package struct ConfigurationListing {
    private let outcome: SnapshotBuilder.Outcome
    private let snapshot: Snapshot
    private let reload: ReloadReport

    /// The listing of the load that serves.
    ///
    /// - Parameter reload: how the last load ended, which may be another one.
    package init(_ outcome: SnapshotBuilder.Outcome, _ snapshot: Snapshot, reload: ReloadReport) {
        self.reload = reload
        self.outcome = outcome
        self.snapshot = snapshot
    }

    /// `{"hash": …, "reload": {…}, "files": […], "warnings": […], "settings": [{"path", "value", "origin"?}]}`
    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("hash")
        writer.string(snapshot.hash)
        writer.key("reload")
        reload.write(to: &writer)
        writer.key("files")
        writer.beginArray()
        for file in outcome.files { writer.string(file.path) }
        writer.endArray()
        writer.key("warnings")
        writer.beginArray()
        for diagnostic in outcome.diagnostics { writer.string(diagnostic.message) }
        writer.endArray()
        writer.key("settings")
        writer.beginArray()
        for leaf in outcome.settings?.leaves ?? [] {
            writer.beginObject()
            writer.key("path")
            writer.string(leaf.path)
            writer.key("value")
            writer.string(leaf.text)
            if let origin = leaf.origin {
                writer.key("origin")
                writer.string("\(origin.file.path):\(origin.start.line)")
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
