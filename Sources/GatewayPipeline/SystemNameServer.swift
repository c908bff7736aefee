import Glibc
import NIOCore

/// The name server that the system asks first (resolv.conf(5)).
enum SystemNameServer {
    /// Its address; nil where none is configured.
    static var first: SocketAddress? {
        guard let file = fopen("/etc/resolv.conf", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = text.split { $0 == " " || $0 == "\t" || $0 == "\n" }
            guard words.count >= 2, words[0] == "nameserver" else { continue }
            if let address = try? SocketAddress(ipAddress: String(words[1]), port: 53) { return address }
        }
        return nil
    }
}
