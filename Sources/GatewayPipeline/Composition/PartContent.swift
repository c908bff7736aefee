import HTTPExchanges
import JSONDocuments
import NIOCore

/// The JSON content of a part: its bytes, and the tape over them, owned together so that pieces can be copied out.
///
/// Invariant: the tape was parsed from `storage`, which neither moves nor changes until both go.
final class PartContent {
    private let storage: UnsafeMutableRawBufferPointer
    private let tape: JSONTape

    /// Takes content; nil when it is no JSON.
    init?(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
        storage = .allocate(byteCount: max(bytes.count, 1), alignment: 1)
        storage.copyMemory(from: bytes)
        var tape = JSONTape()
        let whole = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[..<bytes.count])
        do throws(JSONSyntaxError) {
            try tape.parse(whole, limits: limits)
        } catch {
            self.tape = JSONTape()
            return nil
        }
        self.tape = tape
    }

    deinit { storage.deallocate() }

    /// Calls a function with a look at the rows.
    func withView<Result>(_ body: (JSONView) -> Result) -> Result { tape.withView(body) }

    /// What a value is.
    func kind(of index: Int) -> JSONKind { withView { $0[index].kind } }

    /// The bytes of a value as the service wrote them.
    func write(_ index: Int, to buffer: inout ByteBuffer) {
        withView { view in
            let node = view[index]
            let lower = Int(node.lower)
            buffer.writeBytes(
                UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[lower..<Int(node.upper)]))
        }
    }

    /// The text of a string with its escapes resolved, or a scalar as it is written.
    func text(of index: Int) -> [UInt8] { withView { Array($0.text(of: index)) } }

    /// The member of a name; nil where there is none.
    func member(_ name: [UInt8], of index: Int) -> Int? {
        withView { view in name.withUnsafeBytes { view.value(forKey: $0, inObject: index) } }
    }

    /// The element at a place; nil where there is none.
    func element(_ place: Int, of index: Int) -> Int? {
        withView { view in
            let node = view[index]
            guard node.kind == .array, place >= 0, place < node.childCount else { return nil }
            var child = index + 1
            for _ in 0..<place { child = Int(view[child].next) }
            return child
        }
    }

    /// The elements of an array.
    func elements(of index: Int) -> [Int] {
        withView { view in
            let node = view[index]
            guard node.kind == .array else { return [] }
            var found: [Int] = []
            found.reserveCapacity(node.childCount)
            var child = index + 1
            for _ in 0..<node.childCount {
                found.append(child)
                child = Int(view[child].next)
            }
            return found
        }
    }
}
