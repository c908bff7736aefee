import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

/// JSONTestSuite: texts that every parser must accept or refuse, texts where it may choose, and texts that parsers read
/// differently.
@Suite("JSONTestSuite", .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
struct JSONConformanceTests {
    private static let folder = "jsontestsuite/test_parsing"

    private static func names(_ prefix: String) -> [String] {
        Corpora.files(in: folder).filter { $0.hasPrefix(prefix) }
    }

    /// What is wrong with a text, or nil. Duplicate names are legal JSON, so they are allowed here.
    private static func faultWithDuplicates(_ bytes: [UInt8], depth: Int = 1000) -> JSONSyntaxError? {
        firstFault(in: bytes, limits: JSONLimits(depth: depth, duplicateKeys: .allow))
    }

    /// What we do with a text where a parser may choose.
    private enum Choice: Equatable {
        case accept
        case refuse(JSONSyntaxError.Kind)
    }

    @Test("a text that must be accepted is accepted", arguments: names("y_"))
    func accepted(name: String) throws {
        #expect(Self.faultWithDuplicates(try Corpora.bytes(Self.folder + "/" + name)) == nil)
    }

    @Test("a text that must be refused is refused with an offset inside it", arguments: names("n_"))
    func refused(name: String) throws {
        let bytes = try Corpora.bytes(Self.folder + "/" + name)
        let fault = try #require(Self.faultWithDuplicates(bytes))
        #expect((0...bytes.count).contains(fault.offset))
        #expect(!fault.message.isEmpty)
    }

    /// Our choice for each text where a parser may choose. Numbers are literals, so none is out of range; text that is
    /// not Unicode is refused in every form.
    private static let choices: [String: Choice] = [
        "i_number_double_huge_neg_exp.json": .accept,
        "i_number_huge_exp.json": .accept,
        "i_number_neg_int_huge_exp.json": .accept,
        "i_number_pos_double_huge_exp.json": .accept,
        "i_number_real_neg_overflow.json": .accept,
        "i_number_real_pos_overflow.json": .accept,
        "i_number_real_underflow.json": .accept,
        "i_number_too_big_neg_int.json": .accept,
        "i_number_too_big_pos_int.json": .accept,
        "i_number_very_big_negative_int.json": .accept,
        "i_object_key_lone_2nd_surrogate.json": .refuse(.loneSurrogate),
        "i_string_1st_surrogate_but_2nd_missing.json": .refuse(.loneSurrogate),
        "i_string_1st_valid_surrogate_2nd_invalid.json": .refuse(.loneSurrogate),
        "i_string_UTF-16LE_with_BOM.json": .refuse(.unexpectedByte),
        "i_string_UTF-8_invalid_sequence.json": .refuse(.invalidUTF8),
        "i_string_UTF8_surrogate_U+D800.json": .refuse(.invalidUTF8),
        "i_string_incomplete_surrogate_and_escape_valid.json": .refuse(.loneSurrogate),
        "i_string_incomplete_surrogate_pair.json": .refuse(.loneSurrogate),
        "i_string_incomplete_surrogates_escape_valid.json": .refuse(.loneSurrogate),
        "i_string_invalid_lonely_surrogate.json": .refuse(.loneSurrogate),
        "i_string_invalid_surrogate.json": .refuse(.loneSurrogate),
        "i_string_invalid_utf-8.json": .refuse(.invalidUTF8),
        "i_string_inverted_surrogates_U+1D11E.json": .refuse(.loneSurrogate),
        "i_string_iso_latin_1.json": .refuse(.invalidUTF8),
        "i_string_lone_second_surrogate.json": .refuse(.loneSurrogate),
        "i_string_lone_utf8_continuation_byte.json": .refuse(.invalidUTF8),
        "i_string_not_in_unicode_range.json": .refuse(.invalidUTF8),
        "i_string_overlong_sequence_2_bytes.json": .refuse(.invalidUTF8),
        "i_string_overlong_sequence_6_bytes.json": .refuse(.invalidUTF8),
        "i_string_overlong_sequence_6_bytes_null.json": .refuse(.invalidUTF8),
        "i_string_truncated-utf-8.json": .refuse(.invalidUTF8),
        "i_string_utf16BE_no_BOM.json": .refuse(.unexpectedByte),
        "i_string_utf16LE_no_BOM.json": .refuse(.unexpectedByte),
        "i_structure_500_nested_arrays.json": .accept,
        "i_structure_UTF-8_BOM_empty_object.json": .refuse(.byteOrderMark),
    ]

    @Test("where a parser may choose, we choose the same every time", arguments: names("i_"))
    func chosen(name: String) throws {
        let choice = try #require(Self.choices[name], "a new text without a choice")
        let fault = Self.faultWithDuplicates(try Corpora.bytes(Self.folder + "/" + name))
        #expect(fault.map { .refuse($0.kind) } ?? .accept == choice)
    }

    @Test("the suite is complete")
    func counts() {
        #expect(Self.names("y_").count == 95)
        #expect(Self.names("n_").count == 188)
        #expect(Self.names("i_").count == Self.choices.count)
    }

    @Test("500 nested arrays are refused cleanly at the limit of traffic")
    func nestedArrays() throws {
        let bytes = try Corpora.bytes(Self.folder + "/i_structure_500_nested_arrays.json")
        #expect(Self.faultWithDuplicates(bytes, depth: 64) == JSONSyntaxError(.depthExceeded, at: 64))
    }

    private static func document(_ name: String, _ policy: DuplicateKeyPolicy = .reject) throws -> JSONDocument {
        try JSONDocument(
            parsing: SourceFile(path: name, bytes: try Corpora.bytes("jsontestsuite/test_transform/" + name)),
            limits: JSONLimits(duplicateKeys: policy))
    }

    @Test(
        "numbers come through as they are written",
        arguments: [
            ("number_-9223372036854775808.json", "-9223372036854775808"),
            ("number_-9223372036854775809.json", "-9223372036854775809"),
            ("number_1.0.json", "1.0"),
            ("number_1.000000000000000005.json", "1.000000000000000005"),
            ("number_1000000000000000.json", "1000000000000000"),
            ("number_10000000000000000999.json", "10000000000000000999"),
            ("number_1e-999.json", "1E-999"),
            ("number_1e6.json", "1E6"),
            ("number_9223372036854775807.json", "9223372036854775807"),
            ("number_9223372036854775808.json", "9223372036854775808"),
        ])
    func numbers(name: String, literal: String) throws {
        #expect(try Self.document(name).root[0]?.numberLiteral == literal)
    }

    @Test(
        "names that differ only by normalisation are two names",
        arguments: ["object_key_nfc_nfd.json", "object_key_nfd_nfc.json"])
    func normalisation(name: String) throws {
        let root = try Self.document(name).root
        #expect(root.count == 2)
        #expect(root["\u{E9}"]?.string?.unicodeScalars.map(\.value) == Array("NFC".unicodeScalars.map(\.value)))
        #expect(root["e\u{301}"]?.string == "NFD")
    }

    @Test(
        "an object that names a member twice is refused, also when the values are the same",
        arguments: [
            "object_same_key_different_values.json", "object_same_key_same_value.json",
            "object_same_key_unclear_values.json",
        ])
    func duplicates(name: String) throws {
        #expect(throws: JSONSyntaxError.self) { try Self.document(name) }
        #expect(try Self.document(name, .allow).root.count == 2)
    }

    @Test(
        "half a surrogate pair is refused wherever it stands",
        arguments: Corpora.files(in: "jsontestsuite/test_transform").filter { $0.contains("invalid_codepoint") })
    func surrogates(name: String) throws {
        let error = #expect(throws: JSONSyntaxError.self) { try Self.document(name) }
        #expect(error?.kind == (name.contains("escaped") ? .loneSurrogate : .invalidUTF8))
    }

    @Test("an escaped NUL is a character like any other")
    func escapedNull() throws {
        let text = try #require(try Self.document("string_with_escaped_NULL.json").root[0])
        #expect(text.text == Array("A\u{0}B".utf8))
    }
}
