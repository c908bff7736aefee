import JSONDocuments
import Testing
import YAMLDocuments

@Suite("YAML scalars")
struct YAMLScalarTests {
    @Test(
        "a plain scalar means what the core schema of YAML 1.2 says",
        arguments: [
            ("null", "null"), ("Null", "null"), ("NULL", "null"), ("~", "null"), ("nULL", #""nULL""#),
            ("none", #""none""#),
            ("true", "true"), ("True", "true"), ("TRUE", "true"), ("tRue", #""tRue""#),
            ("false", "false"), ("False", "false"), ("FALSE", "false"),
            ("0", "0"), ("12", "12"), ("-12", "-12"), ("+12", "12"), ("-0", "-0"), ("+0", "0"),
            ("012", "12"), ("007", "7"), ("-007", "-7"), ("00", "0"), ("0008", "8"),
            ("0o17", "15"), ("0o8", #""0o8""#), ("0x1F", "31"), ("0xff", "255"), ("0xfg", #""0xfg""#), ("0x", #""0x""#),
            ("-0x1", #""-0x1""#), ("0b101", #""0b101""#), ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
            ("1.5", "1.5"), (".5", "0.5"), ("-.5", "-0.5"), ("+.5", "0.5"), ("1.", "1.0"), ("-1.", "-1.0"),
            ("01.50", "1.50"),
            ("1e3", "1e3"), ("1E+3", "1E+3"), ("1.5e-10", "1.5e-10"), ("+1e3", "1e3"), ("1.e3", "1.0e3"),
            (".5e1", "0.5e1"),
            ("1e400", "1e400"), ("123456789012345678901234567890", "123456789012345678901234567890"),
            (".", #"".""#), ("+", #""+""#), ("e5", #""e5""#), ("1e", #""1e""#), ("1e+", #""1e+""#),
            (".e5", #"".e5""#), ("1.2.3", #""1.2.3""#), ("1_000", #""1_000""#), ("12:30", #""12:30""#),
            ("1:30:00", #""1:30:00""#),
            ("no", #""no""#), ("yes", #""yes""#), ("on", #""on""#), ("off", #""off""#), ("y", #""y""#), ("N", #""N""#),
            ("2001-12-14", #""2001-12-14""#), ("2001-12-14T21:59:43Z", #""2001-12-14T21:59:43Z""#),
            ("=", #""=""#), ("<<", #""<<""#), ("3 apples", #""3 apples""#), ("v1", #""v1""#), ("1,000", #""1,000""#),
            ("٣", #""٣""#), ("nan", #""nan""#), ("inf", #""inf""#), ("Infinity", #""Infinity""#),
            (".infinity", #"".infinity""#),
            ("\"12\"", #""12""#), ("'true'", #""true""#), ("\"\"", #""""#), ("'~'", #""~""#),
            ("\"a\\n\\u00e9\\x41\\U0001F600\"", #""a\né"# + "A😀\""), ("'it''s'", #""it's""#),
        ])
    func plain(text: String, value: String) throws {
        #expect(try json("a: \(text)") == "{\"a\":\(value)}")
        #expect(try json("- \(text)\n") == "[\(value)]")
    }

    @Test(
        "infinities and NaN are errors with a place",
        arguments: [".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN", ".NAN"])
    func notFinite(text: String) {
        #expect(problems("a: \(text)") == ["1:4 yaml-number"])
        #expect(problems("a: \"\(text)\"").isEmpty)
        #expect(problems("a: !!float \(text)") == ["1:4 yaml-number"])
    }

    @Test("octal and hexadecimal integers of more than 64 bits are errors")
    func tooLarge() {
        #expect(problems("a: 0x10000000000000000") == ["1:4 yaml-number"])
        #expect(problems("a: 0o2000000000000000000000") == ["1:4 yaml-number"])
    }

    @Test(
        "a tag of the core schema decides",
        arguments: [
            ("!!str 12", #""12""#), ("!!str true", #""true""#), ("!!str", #""""#), ("! 12", #""12""#),
            ("!!int \"12\"", "12"),
            ("!!int 0x1F", "31"), ("!!float 1", "1"), ("!!float 1.5", "1.5"), ("!!bool \"true\"", "true"),
            ("!!null \"\"", "null"), ("!!null ~", "null"), ("!!map {}", "{}"), ("!!seq []", "[]"), ("! {}", "{}"),
            ("!<tag:yaml.org,2002:str> 1", #""1""#),
        ])
    func tags(text: String, value: String) throws {
        #expect(try json("a: \(text)") == "{\"a\":\(value)}")
    }

    @Test(
        "a tag that is unknown or does not fit is an error",
        arguments: [
            "!!int abc", "!!int 1.5", "!!int 1e3", "!!bool yes", "!!null x", "!!float x", "!!map x", "!!seq {}",
            "!!map []",
            "!!str []", "!!binary aGk=", "!!timestamp 2001-12-14", "!local x", "!local {}", "!!set {}", "!!omap []",
            "!<tag:example.com,2000:x> 1",
        ])
    func badTags(text: String) {
        #expect(problems("a: \(text)") == ["1:4 yaml-tag"])
    }

    @Test("a tag that was never declared is an error of syntax")
    func undeclaredTag() {
        #expect(problems("a: !e!x 1") == ["1:4 yaml-syntax"])
    }

    @Test(
        "block scalars keep or fold their lines",
        arguments: [
            ("a: |\n  x\n  y\n", #"{"a":"x\ny\n"}"#), ("a: |-\n  x\n  y\n", #"{"a":"x\ny"}"#),
            ("a: |+\n  x\n\n", #"{"a":"x\n\n"}"#), ("a: >\n  x\n  y\n\n  z\n", #"{"a":"x y\nz\n"}"#),
            ("a: |2\n   x\n", #"{"a":" x\n"}"#), ("a: |\n", #"{"a":""}"#), ("a: |\n  12\n", #"{"a":"12\n"}"#),
            ("a: plain\n  goes on\n", #"{"a":"plain goes on"}"#), ("a: |\r\n  x\r\n  y\r\n", #"{"a":"x\ny\n"}"#),
        ])
    func blocks(text: String, value: String) throws {
        #expect(try json(text) == value)
    }
}
