import Glibc

/// Files that are written whole or not at all.
enum WholeFile {
    /// Writes a file beside its final name and moves it there: never half of it. Devices and pipes are written as they
    /// are, because nothing can take their place.
    ///
    /// - Returns: Whether it is there; if not, `errno` says why.
    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        var entry = stat()
        let isSpecial = stat(path, &entry) == 0 && entry.st_mode & S_IFMT != S_IFREG
        let draft = isSpecial ? path : path + ".part"
        guard let file = fopen(draft, "wbe") else { return false }
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count, isSpecial || rename(draft, path) == 0 else {
            if !isSpecial { unlink(draft) }
            return false
        }
        return true
    }
}
