import Glibc
import NIOCore

/// A message between two processes that carries open descriptors with it (SCM_RIGHTS, unix(7)).
///
/// The receiver gets descriptors of its own for the same open files. For a listening socket that means: one queue of
/// connections, from which both processes accept, and which lives on when either of them closes its descriptor.
package struct DescriptorMessage {
    /// Most descriptors of one message; the kernel takes 253.
    package static let descriptorLimit = 128
    /// Most bytes of one message.
    package static let textLimit = 4096
    /// Length of a control message's header: `cmsghdr` of a 64-bit system, without padding behind it.
    private static let headerLength = MemoryLayout<cmsghdr>.size

    /// What it says.
    package var text: [UInt8]
    /// What comes with it. Whoever receives a message closes them.
    package var descriptors: [CInt]

    /// A message.
    package init(_ text: some Sequence<UInt8>, descriptors: [CInt] = []) {
        self.text = Array(text)
        self.descriptors = descriptors
    }

    /// Sends the message over a connected SOCK_SEQPACKET socket, which keeps messages apart.
    ///
    /// - Throws: `IOError`.
    package func send(over socket: CInt) throws {
        var text = text
        let payload = descriptors.count * MemoryLayout<CInt>.size
        var control = [UInt8](repeating: 0, count: descriptors.isEmpty ? 0 : (Self.headerLength + payload + 7) & ~7)
        if !descriptors.isEmpty {
            control.withUnsafeMutableBytes { bytes in
                var header = cmsghdr()
                header.cmsg_len = Self.headerLength + payload
                header.cmsg_level = SOL_SOCKET
                header.cmsg_type = CInt(SCM_RIGHTS)
                bytes.storeBytes(of: header, as: cmsghdr.self)
                for (index, descriptor) in descriptors.enumerated() {
                    bytes.storeBytes(
                        of: descriptor, toByteOffset: Self.headerLength + index * MemoryLayout<CInt>.size, as: CInt.self)
                }
            }
        }
        _ = try text.withUnsafeMutableBytes { text in
            try control.withUnsafeMutableBytes { control in
                try Self.withHeader(text, control) { header in
                    try SystemCall.check("sendmsg") { CInt(sendmsg(socket, &header, CInt(MSG_NOSIGNAL))) }
                }
            }
        }
    }

    /// Receives the next message; nil when the other side has closed.
    ///
    /// - Throws: `IOError`; also when the message was longer than the limits.
    package static func receive(from socket: CInt) throws -> DescriptorMessage? {
        var text = [UInt8](repeating: 0, count: textLimit)
        var control = [UInt8](
            repeating: 0, count: headerLength + descriptorLimit * MemoryLayout<CInt>.size)
        var flags: CInt = 0
        var controlLength = 0
        let count = try text.withUnsafeMutableBytes { text in
            try control.withUnsafeMutableBytes { control in
                try withHeader(text, control) { header in
                    let count = try SystemCall.check("recvmsg") {
                        CInt(recvmsg(socket, &header, CInt(MSG_CMSG_CLOEXEC)))
                    }
                    (flags, controlLength) = (header.msg_flags, Int(header.msg_controllen))
                    return count
                }
            }
        }
        let descriptors = descriptors(in: control, length: controlLength)
        guard flags & CInt(MSG_TRUNC | MSG_CTRUNC) == 0 else {
            for descriptor in descriptors { close(descriptor) }
            throw IOError(errnoCode: EMSGSIZE, reason: "recvmsg")
        }
        if count == 0, descriptors.isEmpty { return nil }
        return DescriptorMessage(text.prefix(Int(count)), descriptors: descriptors)
    }

    /// The descriptors of the first control message.
    private static func descriptors(in control: [UInt8], length: Int) -> [CInt] {
        guard length >= headerLength, length <= control.count else { return [] }
        return control.withUnsafeBytes { bytes in
            let header = bytes.loadUnaligned(as: cmsghdr.self)
            guard header.cmsg_level == SOL_SOCKET, header.cmsg_type == CInt(SCM_RIGHTS) else { return [] }
            let end = min(Int(header.cmsg_len), length)
            return stride(from: headerLength, through: end - MemoryLayout<CInt>.size, by: MemoryLayout<CInt>.size).map {
                bytes.loadUnaligned(fromByteOffset: $0, as: CInt.self)
            }
        }
    }

    /// Calls `body` with a header over one range of text and the control bytes.
    private static func withHeader<Result>(
        _ text: UnsafeMutableRawBufferPointer, _ control: UnsafeMutableRawBufferPointer,
        _ body: (inout msghdr) throws -> Result
    ) rethrows -> Result {
        var part = iovec(iov_base: text.baseAddress, iov_len: text.count)
        return try withUnsafeMutablePointer(to: &part) { part in
            var header = msghdr()
            header.msg_iov = part
            header.msg_iovlen = 1
            if !control.isEmpty {
                header.msg_control = control.baseAddress
                header.msg_controllen = control.count
            }
            return try body(&header)
        }
    }
}
