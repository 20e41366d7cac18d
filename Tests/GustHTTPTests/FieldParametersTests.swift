import Testing

@testable import GustHTTP

/// Values with parameters behind them (RFC 9110 §5.6.6).
@Suite struct FieldParametersTests {
    @Test(arguments: [
        ("form-data", "form-data", nil), ("Form-Data; a=b", "form-data", "b"), (" x ; a=b ", "x", "b"),
        ("x;a=b;", "x", "b"), ("x;;a=b; ;", "x", "b"), ("x; A=b", "x", "b"), ("x; a=", "x", ""), ("x; a=\"\"", "x", ""),
        ("x; a=b c", "x", "b c"), ("x; a=\"b;c\" ; d=e", "x", "b;c"), ("x;\ta=\"b\"\t;d=e", "x", "b"),
        // A backslash escapes a quote and itself, and else is one, as browsers have it.
        (#"x; a="b\"c""#, "x", #"b"c"#), (#"x; a="b\\c""#, "x", #"b\c"#), (#"x; a="C:\d""#, "x", #"C:\d"#),
        (#"x; a="\\";d=e"#, "x", #"\"#),
    ])
    func `a parameter is read by the letter`(text: String, value: String, parameter: String?) throws {
        let field = try #require(FieldParameters(text))
        #expect(field.value == value)
        #expect(field["a"] == parameter)
    }

    @Test(arguments: [
        "x; a=b; a=b", "x; a=b; A=c", "x; a", "x; =b", "x; a =b", "x; a= ; b", "x; a=\"b", #"x; a="b\""#,
        "x; a=\"b\"c", "x; a=b\"c\"", "x; ü=b",
    ])
    func `what two readers could understand differently is no value`(text: String) {
        #expect(FieldParameters(text) == nil)
    }

    @Test(arguments: ["\u{301}", "\u{600}", "\u{200D}", "\u{FE0F}"])
    func `no character hides a separator or a quote`(mark: String) throws {
        let field = try #require(FieldParameters("x;a=\(mark);b=\"\(mark);\(mark)\";c=d"))
        #expect(field["a"]?.utf8.elementsEqual(mark.utf8) == true)
        #expect(field["b"]?.utf8.elementsEqual("\(mark);\(mark)".utf8) == true)
        #expect(field["c"] == "d")
        // A quote that is closed ends, whatever stands beside it.
        #expect(FieldParameters("x;a=\"b\"\(mark);c=d") == nil)
        #expect(FieldParameters("x;\(mark)a=b") == nil)
    }

    @Test func `only letters of ASCII fold in names`() throws {
        #expect(try #require(FieldParameters("\u{212A}; a=b")).value.utf8.elementsEqual("\u{212A}".utf8))
        #expect(FieldParameters("x; \u{212A}=b") == nil)
        #expect(FieldParameters("x; boundar\u{17F}=b") == nil)
    }
}
