import JSONDocuments
import SourceDiagnostics

/// Finds the directives of a file.
struct DirectiveReader {
    /// The beginnings of comments that silence, the longer one first.
    private static let words: [(text: [UInt8], isNextLine: Bool)] = [
        (Array("lintel-disable-next-line".utf8), true), (Array("lintel-disable-line".utf8), false),
    ]
    /// The member that silences.
    private static let member = Array("x-lint-ignore".utf8)

    /// The file.
    private let document: JSONDocument
    /// What was found.
    private(set) var directives: [SilencingDirective] = []

    /// Reads a file.
    init(_ document: JSONDocument) {
        self.document = document
        readComments()
        readMembers()
    }

    // MARK: - Comments

    /// Finds comments. JSON has none, and a text may hold what looks like one.
    private mutating func readComments() {
        let bytes = document.file.bytes
        var place = 0
        while let hash = bytes[place...].firstIndex(of: UInt8(ascii: "#")) {
            place = hash + 1
            let start = skipSpace(bytes, place)
            guard let word = Self.words.first(where: { bytes[start...].starts(with: $0.text) }), !isInsideText(hash)
            else {
                continue
            }
            let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
            let line = document.file.position(at: hash).line
            let target = word.isNextLine ? nextLine(after: line) : line
            addNames(in: start + word.text.count..<end, comment: hash..<end, reach: .line(target))
            place = end
        }
    }

    /// The place behind white space.
    private func skipSpace(_ bytes: [UInt8], _ start: Int) -> Int {
        bytes[start...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.count
    }

    /// The first line behind a line that holds more than a comment.
    private func nextLine(after line: Int) -> Int {
        let file = document.file
        var candidate = line + 1
        while candidate < file.lineCount {
            let range = file.byteRange(ofLine: candidate)
            let first = file.bytes[range].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            if let first, first != UInt8(ascii: "#") { break }
            candidate += 1
        }
        return candidate
    }

    /// Where texts and names stand, in the order of the file; none lies within another.
    private lazy var texts: [Range<Int>] = document.withView { view in
        (0..<view.count).filter { view[$0].kind == .string && view[$0].lower < view[$0].upper }
            .map { Int(view[$0].lower)..<Int(view[$0].upper) }
            .sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Whether a place lies inside of a text or a name. O(log texts), once they are known.
    private mutating func isInsideText(_ offset: Int) -> Bool {
        var (low, high) = (0, texts.count)
        while low < high {
            let middle = (low + high) / 2
            if texts[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low < texts.count && texts[low].lowerBound <= offset
    }

    /// Adds a directive for each name between commas and spaces; what follows `--` is for people.
    private mutating func addNames(in range: Range<Int>, comment: Range<Int>, reach: SilencingDirective.Reach) {
        let file = document.file
        var found = false
        var start: Int?
        for place in range.lowerBound...range.upperBound {
            let byte = place < range.upperBound ? file.bytes[place] : 0x20
            guard byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: ",") else {
                start = start ?? place
                continue
            }
            guard let lower = start else { continue }
            start = nil
            let name = String(decoding: file.bytes[lower..<place], as: UTF8.self)
            if name == "--" { break }
            found = true
            directives.append(
                SilencingDirective(
                    rule: name, place: SourceRange(file: file, lowerBound: lower, upperBound: place), reach: reach))
        }
        if !found {
            directives.append(SilencingDirective(rule: nil, place: SourceRange(file: file, comment), reach: reach))
        }
    }

    // MARK: - Members

    /// Finds members `x-lint-ignore`: a name, a list of names, or `true` for every rule.
    private mutating func readMembers() {
        let places = document.withView { view in
            (0..<view.count).filter { index in
                view[index].flags.contains(.key) && view.text(of: index).elementsEqual(Self.member)
            }
        }
        for place in places {
            let value = JSONValue(document: document, index: place + 1)
            let reach = SilencingDirective.Reach.below(Array(value.pointer.tokens.dropLast()))
            if value.bool == true {
                directives.append(SilencingDirective(rule: nil, place: value.range, reach: reach))
            }
            for element in value.kind == .array ? Array(value.elements) : [value] {
                guard let name = element.string else { continue }
                directives.append(SilencingDirective(rule: name, place: element.range, reach: reach))
            }
        }
    }
}
