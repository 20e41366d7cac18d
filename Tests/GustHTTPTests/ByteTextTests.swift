import Foundation
import Testing

@testable import GustHTTP

/// Text from outside is compared, case-folded and split by bytes.
@Suite struct ByteTextTests {
    /// Pairs of texts that are equal as `String`s but have different bytes.
    static let equivalents = [
        ("\u{E9}", "e\u{301}"), ("\u{212B}", "\u{C5}"), ("\u{212A}", "K"), ("\u{1E9B}\u{323}", "\u{17F}\u{323}\u{307}"),
        ("\u{AC00}", "\u{1100}\u{1161}"), ("\u{37E}", ";"), ("\u{1FEF}", "`"),
    ]

    @Test(arguments: equivalents)
    func `canonically equivalent texts are two keys`(left: String, right: String) {
        #expect(left == right)
        #expect(ByteText(left) != ByteText(right))
        #expect(Set([ByteText(left), ByteText(right)]).count == 2)
        #expect([ByteText(left): 1, ByteText(right): 2][ByteText(left)] == 1)
        #expect(!left.hasSameBytes(as: right))
        #expect(!left.equalsIgnoringASCIICase(right))
    }

    @Test func `the same bytes are one key, whatever the storage of the string`() throws {
        let slice = "xé-a long text that isn't kept inside of the string itself"[...].dropFirst()
        let foreign = NSString(string: String(slice)) as String
        #expect(Set([ByteText(String(slice)), ByteText(foreign)]).count == 1)
        #expect(slice.hasSameBytes(as: foreign))
    }

    @Test func `only ASCII letters are case-folded`() {
        #expect("ChUnKeD".equalsIgnoringASCIICase("chunked"))
        #expect(!"chun\u{212A}ed".equalsIgnoringASCIICase("chunked"))
        #expect(!"\u{17F}ame".equalsIgnoringASCIICase("same"))
        #expect(!"\u{C9}".equalsIgnoringASCIICase("\u{E9}"))
        #expect(!"@".equalsIgnoringASCIICase("`"))
        #expect(!"[".equalsIgnoringASCIICase("{"))
        #expect("\u{212A}K\u{C9}".lowercasedASCII().hasSameBytes(as: "\u{212A}k\u{C9}"))
        #expect(ByteText(lowercasingASCII: "Content-TYPE") == "content-type")
        #expect(!"\u{130}".equalsIgnoringASCIICase("i\u{307}"))
    }

    @Test func `a prefix or suffix may end inside of a grapheme`() {
        #expect("W/\u{301}\"a\"".hasBytePrefix("W/"))
        #expect("a/\u{301}".hasBytePrefix("a/"))
        #expect("\u{600}.gz".hasByteSuffix(".gz"))
        #expect(!"e\u{301}".hasBytePrefix("\u{E9}"))
        #expect("HTTPS://\u{301}".hasPrefixIgnoringASCIICase("https://"))
        #expect(!"a".hasBytePrefix("ab"))
        #expect(!"a".hasByteSuffix("ba"))
    }

    @Test(arguments: ["\u{301}", "\u{600}", "\u{200D}", "\u{FE0F}", "\u{1F3FB}", "\u{E0001}"])
    func `a combining character doesn't hide a separator`(mark: String) {
        #expect(
            "a\(mark),\(mark)b".pieces(on: UInt8(ascii: ",")).map { Array($0.utf8) }
                == [Array("a\(mark)".utf8), Array("\(mark)b".utf8)]
        )
        let elements = " \(mark), \"x\(mark),\(mark)\"\(mark) ,b".listElements()
        #expect(elements.map { Array($0.utf8) } == [mark, "\"x\(mark),\(mark)\"\(mark)", "b"].map { Array($0.utf8) })
        #expect("a\(mark)=\(mark)b"[...].parted(at: UInt8(ascii: "="))?.behind.hasSameBytes(as: "\(mark)b") == true)
        #expect(" \(mark) "[...].trimmingSpaces().hasSameBytes(as: mark))
        #expect("a,\(mark)close".containsToken("close") == false)
        #expect("x\(mark),close".containsToken("CLOSE"))
    }

    @Test(arguments: [
        ("", []), (",, ,", []), ("a", ["a"]), ("a ,\tb", ["a", "b"]), (#""a,b",c"#, [#""a,b""#, "c"]),
        (#""a\",b",c"#, [#""a\",b""#, "c"]), (#""a,b"#, [#""a,b"#]), (#"a\,b"#, [#"a\"#, "b"]),
        (#"W/"a", "b""#, [#"W/"a""#, #""b""#]),
    ])
    func `a list is split at commas outside of quotes`(list: String, expected: [String]) {
        #expect(list.listElements().map(String.init) == expected)
    }

    @Test(arguments: [
        (#""a""#, "a"), (#""""#, ""), (#"""#, #"""#), (#""a\"b\\c""#, #"a"b\c"#), ("a", "a"), (#""\a""#, "a"),
    ])
    func `a quoted string loses its quotes and escapes`(text: String, expected: String) {
        #expect(text[...].unquoted() == expected)
    }

    @Test(arguments: [("a", true), ("", false), ("a b", false), ("*-!", true), ("\u{E9}", false), ("a\u{301}", false)])
    func `a token consists of token characters`(text: String, expected: Bool) {
        #expect(text.isToken == expected)
    }

    @Test func `a dictionary with ByteText keys is encoded as a JSON object`() throws {
        let values: [ByteText: String] = ["a": "1"]
        let text = String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
        #expect(text == #"{"a":"1"}"#)
        #expect(try JSONDecoder().decode([ByteText: String].self, from: Data(text.utf8)) == values)
    }

    @Test func `texts of any length are equal only if all bytes are equal`() {
        for length in 0...40 {
            let text = String(repeating: "a", count: length)
            #expect(text.hasSameBytes(as: Substring(text)))
            #expect(!text.hasSameBytes(as: text + "a"))
            for position in 0..<length {
                var other = Array(text.utf8)
                other[position] = UInt8(ascii: "b")
                #expect(!text.hasSameBytes(as: String(decoding: other, as: UTF8.self)))
                #expect(!text.utf8.hasSameBytes(as: other.lazy.map { $0 }))
            }
        }
    }
}
