import Glibc
import NIOCore

/// Addresses of sockets.
enum SocketNames {
    /// What `getsockname(2)` or `getpeername(2)` says; nil when the descriptor is no socket with an address.
    static func address(
        of descriptor: CInt,
        _ call: (CInt, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> CInt
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        return withUnsafeBytes(of: &storage) { bytes in
            switch CInt(bytes.load(as: sockaddr.self).sa_family) {
            case AF_INET: SocketAddress(bytes.load(as: sockaddr_in.self))
            case AF_INET6: SocketAddress(bytes.load(as: sockaddr_in6.self))
            case AF_UNIX: SocketAddress(bytes.load(as: sockaddr_un.self))
            default: nil
            }
        }
    }

    /// The protocol family of an address.
    static func family(of address: SocketAddress) -> CInt {
        switch address {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .unixDomainSocket: AF_UNIX
        }
    }
}
