import Synchronization

/// Rows of 64-bit counters with one writer and any number of readers; rows can be added while others are in use.
///
/// Every event loop counts into a table of its own, so an increment needs neither a lock nor a `lock`-prefixed
/// instruction: it is a relaxed load and a relaxed store, which compile to two plain moves and an add. The scraping
/// thread loads each counter atomically; it may see one counter of an exchange and not yet another, which Prometheus
/// counters allow.
///
/// Rows lie in chunks of 64. The table of chunk pointers is allocated once; a chunk is made when its first row is
/// handed out and lives as long as the table, so a row never moves. Chunks are plain memory and no objects, because a
/// reference would cost two atomic reference counts per access.
///
/// Invariant: only one thread at a time calls `CounterRow.add` and `set`. Two writers would lose counts, never memory
/// safety, because each access is atomic.
// SAFETY: `chunks` is allocated in `init` and freed in `deinit`. Each cell goes from nil to a chunk of
// `rowsPerChunk * width` initialised counters exactly once, in `grow(to:)` under the registry's lock, with a releasing
// store; readers load it with acquire order. No chunk is freed before `deinit`. A `CounterRow` must not outlive this
// object: it is only made and used within one recording or rendering call of an object that holds this one.
final class CounterTable: @unchecked Sendable {
    /// Rows per chunk, a power of two.
    static let rowsPerChunk = 64

    /// Rows at most; beyond them nothing is counted.
    let maximumRows: Int
    /// Counters per row.
    let width: Int

    /// The chunks, nil where none exists yet.
    private let chunks: UnsafeMutablePointer<Atomic<UnsafeMutablePointer<Atomic<UInt64>>?>>
    /// How many chunks there may be.
    private let chunkCount: Int

    /// Makes a table without rows.
    ///
    /// - Parameters:
    ///   - width: counters per row.
    ///   - maximumRows: rows at most, rounded up to a whole chunk; 8 bytes are allocated for each 64.
    init(width: Int, maximumRows: Int) {
        self.width = max(1, width)
        chunkCount = (max(1, maximumRows) - 1) / Self.rowsPerChunk + 1
        self.maximumRows = chunkCount * Self.rowsPerChunk
        chunks = .allocate(capacity: chunkCount)
        for index in 0..<chunkCount {
            (chunks + index).initialize(to: Atomic(nil))
        }
    }

    deinit {
        for index in 0..<chunkCount {
            guard let chunk = chunks[index].load(ordering: .acquiring) else { continue }
            chunk.deinitialize(count: Self.rowsPerChunk * width)
            chunk.deallocate()
        }
        chunks.deinitialize(count: chunkCount)
        chunks.deallocate()
    }

    /// Makes room for rows; existing rows keep their counts. Called by one thread at a time, under the registry's lock.
    ///
    /// - Parameter rows: how many rows there have to be; more than `maximumRows` are not made.
    func grow(to rows: Int) {
        guard rows > 0 else { return }
        var index = min(chunkCount, (rows - 1) / Self.rowsPerChunk + 1) - 1
        while index >= 0, chunks[index].load(ordering: .acquiring) == nil {
            let cells = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: Self.rowsPerChunk * width)
            for cell in 0..<(Self.rowsPerChunk * width) {
                (cells + cell).initialize(to: Atomic(0))
            }
            chunks[index].store(cells, ordering: .releasing)
            index -= 1
        }
    }

    /// The counters of a row; nil where there is no such row.
    @inline(__always)
    func row(_ index: Int) -> CounterRow? {
        guard index >= 0, index < maximumRows,
            let chunk = chunks[index / Self.rowsPerChunk].load(ordering: .acquiring)
        else { return nil }
        return CounterRow(cells: chunk + (index % Self.rowsPerChunk) &* width, width: width)
    }
}

/// The counters of one row; valid only while its `CounterTable` lives.
struct CounterRow {
    /// The row's first counter.
    fileprivate let cells: UnsafeMutablePointer<Atomic<UInt64>>
    /// How many counters the row has.
    fileprivate let width: Int

    /// Adds to a counter; for the owning thread only. An index outside the row is ignored: telemetry ends no process.
    @inline(__always)
    func add(_ amount: UInt64, at index: Int) {
        guard index >= 0, index < width else { return }
        let value = cells[index].load(ordering: .relaxed)
        cells[index].store(value &+ amount, ordering: .relaxed)
    }

    /// Replaces a gauge's value; for the owning thread only. An index outside the row is ignored.
    @inline(__always)
    func set(_ value: UInt64, at index: Int) {
        guard index >= 0, index < width else { return }
        cells[index].store(value, ordering: .relaxed)
    }

    /// The value of a counter, from any thread; 0 outside the row.
    subscript(index: Int) -> UInt64 {
        guard index >= 0, index < width else { return 0 }
        return cells[index].load(ordering: .relaxed)
    }
}
