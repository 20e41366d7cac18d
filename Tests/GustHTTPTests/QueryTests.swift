import GustHTTP
import Testing

@Suite struct QueryTests {
    @Test func `names repeat, and the first value is the one`() {
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

    @Test func `what isn't an escape stays as it is`() {
        #expect(Query("a=%zz&b=%")["a"] == "%zz")
        #expect(Query("a=%zz&b=%")["b"] == "%")
        #expect(Query("a=%ff")["a"] == "%ff")
    }

    @Test func `a separator is one before a combining mark as well`() {
        // To Swift's `Character`, "&" and U+0301 are one.
        let query = Query("a=\u{301}1&\u{301}b=2")
        #expect(query["a"] == "\u{301}1")
        #expect(query["\u{301}b"] == "2")
    }

    @Test func `an escaped name is found by what it says, and no other is`() {
        #expect(Query("%61=1&ab=2")["a"] == "1")
        #expect(Query("%61+b=1")["a b"] == "1")
        #expect(Query("a=1")["A"] == nil)
        #expect(Query("ab=1")["a"] == nil)
    }

    @Test func `going over it gives every parameter, decoded and in order`() {
        let parameters = Query("b=1&&a=%2B&b=&=x&c").map { "\($0.name)=\($0.value)" }
        #expect(parameters == ["b=1", "a=+", "b=", "=x", "c="])
    }

    @Test(arguments: ["constructor", "__proto__", "a=1&a=2&a", "&&&", "=", "=x", "==="])
    func `no query is too odd to be read`(text: String) {
        _ = Query(text)["__proto__"]
        #expect(Query(text).values(of: "toString").isEmpty)
    }

    @Test func `a long query is read up to its bound`() {
        let text = (0..<5_000).map { "a=\($0)" }.joined(separator: "&")
        #expect(Query(text).values(of: "a").count == Query.maximumParameters)
    }
}
