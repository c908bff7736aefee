import SourceDiagnostics

/// "Did you mean" over sets, in an order that does not change from run to run.
enum NearestNames {
    /// The suggestion sentence for an unknown name, or nil when nothing is near.
    static func suggestion(among names: some Sequence<String>, to wanted: String) -> String? {
        NearestName.suggestion(among: names.sorted(), to: wanted)
    }
}
