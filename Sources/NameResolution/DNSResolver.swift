import Glibc
import NIOCore

/// Asks a server of the Domain Name System, and knows for how long an answer holds, which the system's resolver does not
/// tell. Every call blocks its thread until the answer is there or the time is over.
package struct DNSResolver: Sendable, Hashable {
    /// What was found, and for how long it holds.
    package struct Answer<Found: Sendable>: Sendable {
        /// What was found; empty when there is no such name, or nothing of the kind about it.
        package let found: [Found]
        /// Seconds for which that holds: the shortest time of all records that led to it.
        package let timeToLive: UInt32
    }

    /// An instance of a service (RFC 2782).
    package struct Instance: Sendable, Hashable {
        /// Lower ones are asked first.
        package let priority: UInt16
        /// Its share among those of the same priority.
        package let weight: UInt16
        /// The port.
        package let port: UInt16
        /// Its name.
        package let target: DNSName
    }

    /// The server did not answer, or not in a way that can be read.
    package struct Failure: Error, CustomStringConvertible {
        /// Why, for people.
        package let description: String
    }

    /// Most aliases that are followed one after the other.
    private static let mostAliases = 8
    /// How often a question is asked before it is given up.
    private static let attempts = 3

    private let server: SocketAddress
    private let timeout: TimeAmount

    /// A resolver that asks `server`.
    ///
    /// - Parameter timeout: time for one attempt.
    package init(server: SocketAddress, timeout: TimeAmount = .seconds(1)) {
        self.server = server
        self.timeout = timeout
    }

    /// The addresses of a name, in network byte order: those of IPv4, and only where there are none those of IPv6.
    package func addresses(of name: DNSName) throws -> Answer<[UInt8]> {
        let short = try addresses(of: name, .a)
        return short.found.isEmpty ? try addresses(of: name, .aaaa) : short
    }

    /// The instances of a service.
    package func instances(of service: DNSName) throws -> Answer<Instance> {
        let records = try ask(service, .srv)
        let (owner, shortest) = Self.canonical(service, records)
        var seconds = shortest
        let found = records.compactMap { record -> Instance? in
            guard record.owner == owner,
                case .service(let priority, let weight, let port, let target) = record.value
            else { return nil }
            seconds = min(seconds, record.timeToLive)
            guard let target, port > 0 else { return nil }
            return Instance(priority: priority, weight: weight, port: port, target: target)
        }
        return Answer(found: found, timeToLive: seconds)
    }

    private func addresses(of name: DNSName, _ kind: DNSMessage.Kind) throws -> Answer<[UInt8]> {
        let records = try ask(name, kind)
        let (owner, shortest) = Self.canonical(name, records)
        var seconds = shortest
        let found = records.compactMap { record -> [UInt8]? in
            guard record.owner == owner, case .address(let octets) = record.value,
                octets.count == (kind == .a ? 4 : 16)
            else { return nil }
            seconds = min(seconds, record.timeToLive)
            return octets
        }
        return Answer(found: found, timeToLive: seconds)
    }

    /// The name at the end of the aliases of a name, and the shortest time of those.
    private static func canonical(_ name: DNSName, _ records: [DNSMessage.Record]) -> (DNSName, UInt32) {
        var (owner, seconds) = (name, UInt32.max)
        for _ in 0..<mostAliases {
            let next = records.lazy.compactMap { record -> (DNSName, UInt32)? in
                guard record.owner == owner, case .alias(let target) = record.value else { return nil }
                return (target, record.timeToLive)
            }.first
            guard let (target, time) = next else { break }
            owner = target
            seconds = min(seconds, time)
        }
        return (owner, seconds)
    }

    // MARK: Asking

    /// The records of the answer; none when the name does not exist.
    private func ask(_ name: DNSName, _ kind: DNSMessage.Kind) throws -> [DNSMessage.Record] {
        for _ in 0..<Self.attempts {
            let id = UInt16.random(in: 0...UInt16.max)
            let question = DNSMessage.question(name, kind, id: id)
            do {
                return try records(name, kind, question, id, byStream: false)
            } catch {
                switch error {
                case .refused(3): return []
                case .refused(let code): throw Failure(description: "the name server refuses \(name) (\(code))")
                case .malformed: continue
                case .truncated:
                    guard let whole = try? records(name, kind, question, id, byStream: true) else { continue }
                    return whole
                }
            }
        }
        throw Failure(description: "the name server does not answer for \(name)")
    }

    /// The records of one exchange.
    private func records(
        _ name: DNSName, _ kind: DNSMessage.Kind, _ question: [UInt8], _ id: UInt16, byStream: Bool
    ) throws(DNSMessage.Defect) -> [DNSMessage.Record] {
        var outcome: Result<[DNSMessage.Record], DNSMessage.Defect> = .failure(.malformed)
        exchange(question, byStream: byStream) { message in
            do throws(DNSMessage.Defect) {
                outcome = .success(try DNSMessage.records(of: message, answering: name, kind, id: id))
            } catch {
                outcome = .failure(error)
            }
            // What is no answer to the question comes from somebody else: waiting goes on.
            return outcome != .failure(.malformed)
        }
        return try outcome.get()
    }

    /// Sends a question and hands over what comes back, until something is taken or the time is over.
    ///
    /// - Parameter byStream: over TCP, with the length before each message (RFC 1035 §4.2.2).
    private func exchange(_ question: [UInt8], byStream: Bool, takes: ([UInt8]) -> Bool) {
        let family = server.protocol == .inet6 ? AF_INET6 : AF_INET
        let kind = CInt((byStream ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { return }
        defer { Glibc.close(descriptor) }
        let end = NIODeadline.now() + timeout
        var time = timeval(
            tv_sec: Int(timeout.nanoseconds / 1_000_000_000),
            tv_usec: __suseconds_t(timeout.nanoseconds % 1_000_000_000 / 1000))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        // Connected: the kernel drops what does not come from the server's address and port.
        guard server.withSockAddr({ Glibc.connect(descriptor, $0, socklen_t($1)) }) == 0 else { return }
        let length = UInt16(truncatingIfNeeded: question.count)
        let outgoing = byStream ? [UInt8(length >> 8), UInt8(truncatingIfNeeded: length)] + question : question
        guard send(descriptor, outgoing, outgoing.count, CInt(MSG_NOSIGNAL)) == outgoing.count else { return }
        while NIODeadline.now() < end {
            let message = byStream ? Self.streamed(descriptor, until: end) : Self.datagram(descriptor)
            guard let message, !takes(message) else { return }
        }
    }

    private static func datagram(_ descriptor: CInt) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Int(DNSMessage.datagramSize))
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private static func streamed(_ descriptor: CInt, until end: NIODeadline) -> [UInt8]? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while NIODeadline.now() < end {
            if received.count >= 2 {
                let length = Int(received[0]) << 8 | Int(received[1])
                if received.count >= 2 + length { return Array(received[2..<(2 + length)]) }
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
        return nil
    }
}
