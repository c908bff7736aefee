import GatewaySettings
import SecureTransport
import SourceDiagnostics

extension TraceDestination {
    /// The collector of the settings; nil when its authorities cannot be loaded, which is reported: what was to be encrypted
    /// is never sent in the clear.
    init?(_ settings: TraceSettings, read: (String) -> [UInt8]?, diagnostics: inout [Diagnostic]) {
        var trust: ClientTrust?
        if settings.otlp.scheme == "https" {
            do {
                trust = try ClientTrust(authorities: settings.authorities, protocols: ["http/1.1"], read: read)
            } catch {
                diagnostics.append(
                    Diagnostic(
                        .error, "certificate",
                        "the collector of traces cannot be reached by TLS: \(ServerIdentity.text(of: error))"))
                return nil
            }
        }
        self.init(
            host: settings.otlp.host, port: settings.otlp.port, path: settings.otlp.rest,
            share: settings.sample.fraction, trust: trust)
    }
}
