/// Questions and answers of the Domain Name System (RFC 1035 §4).
///
/// ```
///   header 12 octets | question: name, type, class | answers | authority | additional
///   a record           name, type, class, TTL, length, data
/// ```
/// An answer comes over a network: every offset is checked, pointers only lead backwards and so come to an end, and what is
/// not the answer to the question asked is none.
enum DNSMessage {
    /// Kinds of records.
    enum Kind: UInt16 {
        case a = 1
        case cname = 5
        case aaaa = 28
        case srv = 33
    }

    /// A record of an answer.
    struct Record: Equatable {
        /// Whose it is.
        let owner: DNSName
        /// Seconds for which it may be used.
        let timeToLive: UInt32
        /// What it says.
        let value: Value
    }

    /// What a record says.
    enum Value: Equatable {
        /// An address in network byte order: 4 or 16 octets.
        case address([UInt8])
        /// Another name of the owner.
        case alias(DNSName)
        /// An instance of a service (RFC 2782); without a target there is no such service.
        case service(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName?)
    }

    /// Why there are no records.
    enum Defect: Error, Equatable {
        /// It is no answer to the question.
        case malformed
        /// It did not fit into the datagram: ask again by TCP.
        case truncated
        /// The server says no: its code (RFC 1035 §4.1.1), 3 for a name that does not exist.
        case refused(UInt8)
    }

    /// Octets of a datagram that this side takes (RFC 6891 §6.2.5: what passes without fragments).
    static let datagramSize: UInt16 = 1232
    /// Most records of an answer that are looked at.
    private static let mostRecords = 2048

    /// The question for records of a kind, recursion desired.
    static func question(_ name: DNSName, _ kind: Kind, id: UInt16) -> [UInt8] {
        var message = octets(id) + [0x01, 0x00] + octets(1) + octets(0) + octets(0) + octets(1)
        for label in name.labels { message += [UInt8(truncatingIfNeeded: label.count)] + label }
        message += [0] + octets(kind.rawValue) + octets(1)
        // How large an answer may be (RFC 6891 §6.1.2).
        return message + [0] + octets(41) + octets(datagramSize) + [0, 0, 0, 0, 0, 0]
    }

    /// The records of the answer to a question.
    ///
    /// - Throws: ``Defect``.
    static func records(
        of message: [UInt8], answering name: DNSName, _ kind: Kind, id: UInt16
    ) throws(Defect) -> [Record] {
        var reader = DNSReader(message)
        guard let answered = reader.number(), answered == id, let flags = reader.number(), flags & 0x8000 != 0,
            flags & 0x7800 == 0, let questions = reader.number(), questions == 1, let count = reader.number(),
            reader.number() != nil, reader.number() != nil
        else { throw .malformed }
        if flags & 0x0200 != 0 { throw .truncated }
        guard flags & 0xF == 0 else { throw .refused(UInt8(flags & 0xF)) }
        guard reader.name() == name, reader.number() == kind.rawValue, reader.number() == 1 else { throw .malformed }
        var records: [Record] = []
        for _ in 0..<min(Int(count), mostRecords) {
            guard let owner = reader.name(), let type = reader.number(), let space = reader.number(),
                let timeToLive = reader.longNumber(), let length = reader.number(),
                let end = reader.end(after: Int(length))
            else { throw .malformed }
            // RFC 2181 §8: a value with the highest bit set is taken for zero.
            let seconds = timeToLive > 0x7FFF_FFFF ? 0 : timeToLive
            if space == 1, let kind = Kind(rawValue: type) {
                guard let value = value(kind, &reader, length: Int(length)) else { throw .malformed }
                records.append(Record(owner: owner, timeToLive: seconds, value: value))
            }
            reader.offset = end
        }
        return records
    }

    private static func value(_ kind: Kind, _ reader: inout DNSReader, length: Int) -> Value? {
        switch kind {
        case .a: length == 4 ? reader.octets(4).map { .address($0) } : nil
        case .aaaa: length == 16 ? reader.octets(16).map { .address($0) } : nil
        case .cname: reader.name().map { .alias($0) }
        case .srv:
            if let priority = reader.number(), let weight = reader.number(), let port = reader.number(),
                let target = reader.name(allowsRoot: true)
            {
                .service(priority: priority, weight: weight, port: port, target: target)
            } else {
                nil
            }
        }
    }

    private static func octets(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
    }
}
