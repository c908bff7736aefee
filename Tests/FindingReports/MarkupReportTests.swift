import FindingReports
import Foundation
import FoundationXML
import SourceDiagnostics
import Testing

@Suite("The formats in XML and HTML")
struct MarkupReportTests {
    /// The elements of a text that is well-formed XML, each with its attributes and the text right inside it.
    final class Reader: NSObject, XMLParserDelegate {
        /// An element.
        struct Element {
            let name: String
            let attributes: [String: String]
            var text = ""
        }

        /// The elements by the order of their start tags.
        private(set) var elements: [Element] = []
        private var open: [Int] = []

        /// Reads a text; nil where it is not well-formed.
        init?(_ text: String) {
            super.init()
            let parser = XMLParser(data: Data(text.utf8))
            parser.delegate = self
            guard parser.parse() else { return nil }
        }

        /// The elements of a name.
        subscript(name: String) -> [Element] { elements.filter { $0.name == name } }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            open.append(elements.count)
            elements.append(Element(name: name, attributes: attributes))
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            open.removeLast()
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if let last = open.last { elements[last].text += text }
        }

        func parser(_ parser: XMLParser, foundCDATA block: Data) {
            if let last = open.last { elements[last].text += String(decoding: block, as: UTF8.self) }
        }
    }

    @Test("junit: a suite for each file, a failed case for what fails the command, a passed one for the rest")
    func junit() throws {
        let read = try #require(Reader(ReportFixture.report().text(as: .junit)))
        let root = try #require(read["testsuites"].first?.attributes)
        #expect(root["tests"] == "5" && root["failures"] == "2" && root["errors"] == "0")
        let suites = read["testsuite"].map(\.attributes)
        #expect(suites.map { $0["name"] } == ["specs/shop.yaml", "specs/users.yaml", "specs/common.yaml"])
        #expect(suites.map { $0["tests"] } == ["3", "1", "1"])
        #expect(suites.map { $0["failures"] } == ["1", "0", "1"])
        #expect(read["failure"].map { $0.attributes["message"] }.first == "there is no response \"Ordrs\"")
        #expect(
            read["failure"].first?.text == """
                line 8, column 22: error: there is no response "Ordrs"
                did you mean "Orders"?
                https://lintel.test/rules#invalid-ref
                """)
        #expect(read["testcase"].first?.attributes["line"] == "2")
        #expect(read["testcase"][3].attributes["name"] == "no findings")
        #expect(read["system-out"].count == 2)
    }

    @Test("checkstyle: one document, clean files as well")
    func checkstyle() {
        #expect(
            ReportFixture.report().text(as: .checkstyle) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <checkstyle version="4.3">
                  <file name="specs/shop.yaml">
                    <error line="2" column="1" severity="warning" message="Info object must have a &quot;contact&quot; \
                object." source="lintel.info-contact"/>
                    <error line="2" column="1" severity="info" message="a licence helps those who use it" \
                source="lintel.info-license"/>
                    <error line="8" column="22" severity="error" message="there is no response &quot;Ordrs&quot;; did you \
                mean &quot;Orders&quot;?" source="lintel.invalid-ref"/>
                  </file>
                  <file name="specs/users.yaml"/>
                  <file name="specs/common.yaml">
                    <error line="2" column="9" severity="error" message="&quot;type&quot; must be one of the allowed types" \
                source="lintel.typed-enum"/>
                  </file>
                </checkstyle>

                """)
    }

    @Test("what is hostile stays well-formed", arguments: [ReportFormat.junit, .checkstyle, .html])
    func hostile(format: ReportFormat) throws {
        let text = ReportFixture.hostile.text(as: format)
        let read = try #require(Reader(text))
        #expect(read["script"].isEmpty)
        let shown = ReportFixture.hostileText.unicodeScalars.map { scalar in
            [0, 0x1B, 0x202E, 0xFFFE].contains(scalar.value) ? "\u{FFFD}" : String(scalar)
        }.joined()
        switch format {
        case .junit: #expect(read["failure"].allSatisfy { $0.attributes["message"] == shown })
        case .checkstyle: #expect(read["error"].allSatisfy { $0.attributes["message"]?.hasPrefix(shown) == true })
        default: #expect(read["p"].contains { $0.text == shown })
        }
    }

    @Test("the end of a section inside a message is told as it is")
    func sections() throws {
        let finding = ReportFixture.finding("]]> ]]]]>> <![CDATA[")
        let read = try #require(Reader(ReportFixture.report([finding]).text(as: .junit)))
        #expect(read["failure"].first?.text == "line 1, column 1: error: ]]> ]]]]>> <![CDATA[")
    }
}
