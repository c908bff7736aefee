import SourceDiagnostics

extension Finding {
    /// What is wrong and what to do about it, for forms that have one line for both.
    var sentence: String {
        guard let suggestion else { return message }
        return message.hasSuffix(".") ? "\(message) \(suggestion)" : "\(message); \(suggestion)"
    }
}
