import GustHTTP
import Testing

@Suite struct QueryTests {
    @Test func `a parameter whose name isn't UTF-8 is found by the name of the iterator`() {
        let query = Query("%EC=1")
        #expect(query.map(\.name) == ["\u{FFFD}"])
        #expect(query["\u{FFFD}"] == "1")
    }

    @Test func `of several values of one name the first counts`() {
        let query = Query("a=1&b=2&a=3")
        #expect(query["a"] == "1")
        #expect(query.values(of: "a") == ["1", "3"])
        #expect(query["c"] == nil)
    }

    @Test func `names and values are decoded, and a plus is a space`() {
        let query = Query("a%20b=c+d&e=%C3%A9&f")
        #expect(query["a b"] == "c d")
        #expect(query["e"] == "é")
        #expect(query["f"] == "")
    }

    @Test func `invalid escapes stay unchanged`() {
        #expect(Query("a=%zz&b=%")["a"] == "%zz")
        #expect(Query("a=%zz&b=%")["b"] == "%")
    }

    @Test(arguments: [
        ("100%+sure", "100% sure"), ("%+%41", "% A"), ("%4", "%4"), ("%%41", "%A"), ("%4%41", "%4A"), ("a%2", "a%2"),
        ("%C3%A9%", "\u{E9}%"), ("%ff", "\u{FFFD}"), ("%ff%41+", "\u{FFFD}A "), ("%E2%84", "\u{FFFD}"),
        ("%C3\u{E9}", "\u{FFFD}\u{E9}"), ("%00", "\0"), ("%g1%1g", "%g1%1g"), ("%25", "%"),
    ])
    func `valid escapes beside invalid ones are decoded`(value: String, expected: String) {
        #expect(Query("a=\(value)")["a"]?.utf8.elementsEqual(expected.utf8) == true)
        #expect(Query("\(value)=1").first { _ in true }?.name.utf8.elementsEqual(expected.utf8) == true)
    }

    @Test func `names are compared by bytes`() {
        let query = Query("\u{E9}=1&e\u{301}=2&%C3%A9=3&e%CC%81=4&%ff=5&\u{212A}=6&K=7")
        #expect(query.values(of: "\u{E9}") == ["1", "3"])
        #expect(query.values(of: "e\u{301}") == ["2", "4"])
        // By the URL standard, bytes that aren't UTF-8 become U+FFFD in names too.
        #expect(query.values(of: "\u{FFFD}") == ["5"])
        #expect(query.values(of: "K") == ["7"])
    }

    @Test func `a combining mark doesn't hide a separator`() {
        // As a Swift `Character`, "&" and U+0301 are one.
        let query = Query("a=\u{301}1&\u{301}b=2")
        #expect(query["a"] == "\u{301}1")
        #expect(query["\u{301}b"] == "2")
    }

    @Test func `a parameter is found by its decoded name only`() {
        #expect(Query("%61=1&ab=2")["a"] == "1")
        #expect(Query("%61+b=1")["a b"] == "1")
        #expect(Query("a=1")["A"] == nil)
        #expect(Query("ab=1")["a"] == nil)
    }

    @Test func `a name and its value are encoded independently of each other and of their neighbours`() {
        let query = Query("a%62=1&ab=%32&ab=3=%34+&a=b+c%&+a+=&ab&%61b=5&a%62")
        #expect(query.values(of: "ab") == ["1", "2", "3=4 ", "", "5", ""])
        #expect(query.values(of: "a") == ["b c%"])
        #expect(query.values(of: " a ") == [""])
        #expect(query.map(\.name) == ["ab", "ab", "ab", "a", " a ", "ab", "ab", "ab"])
        var scanned: [String] = []
        query.scan { name, bytes, value in
            let texts = [name, bytes].map { String(decoding: $0, as: UTF8.self) } + [value()]
            scanned.append(texts.joined(separator: " "))
        }
        #expect(
            scanned == ["ab 1 1", "ab %32 2", "ab 3=%34+ 3=4 ", "a b+c% b c%", " a   ", "ab  ", "ab 5 5", "ab  "]
        )
    }

    @Test func `the iterator returns all parameters, decoded and in order`() {
        let parameters = Query("b=1&&a=%2B&b=&=x&c").map { "\($0.name)=\($0.value)" }
        #expect(parameters == ["b=1", "a=+", "b=", "=x", "c="])
    }

    @Test(arguments: ["constructor", "__proto__", "a=1&a=2&a", "&&&", "=", "=x", "==="])
    func `unusual queries are read without an error`(text: String) {
        _ = Query(text)["__proto__"]
        #expect(Query(text).values(of: "toString").isEmpty)
    }

    @Test func `a long query is read up to the maximum number of parameters`() {
        let text = (0..<5_000).map { "a=\($0)" }.joined(separator: "&")
        #expect(Query(text).values(of: "a").count == Query.maximumParameters)
    }
}
