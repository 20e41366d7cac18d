import Testing

@testable import GustHTTP

/// Field values with parameters (RFC 9110 §5.6.6).
@Suite struct FieldParametersTests {
    @Test(arguments: [
        ("form-data", "form-data", nil), ("Form-Data; a=b", "form-data", "b"), (" x ; a=b ", "x", "b"),
        ("x;a=b;", "x", "b"), ("x;;a=b; ;", "x", "b"), ("x; A=b", "x", "b"), ("x; a=", "x", ""), ("x; a=\"\"", "x", ""),
        ("x; a=b c", "x", "b c"), ("x; a=\"b;c\" ; d=e", "x", "b;c"), ("x;\ta=\"b\"\t;d=e", "x", "b"),
        // A backslash escapes only a quote or a backslash, because browsers don't escape backslashes.
        (#"x; a="b\"c""#, "x", #"b"c"#), (#"x; a="b\\c""#, "x", #"b\c"#), (#"x; a="C:\d""#, "x", #"C:\d"#),
        (#"x; a="\\";d=e"#, "x", #"\"#),
    ])
    func `the value and a parameter are read`(text: String, value: String, parameter: String?) throws {
        let field = try #require(FieldParameters(text))
        #expect(field.value == value)
        #expect(field["a"] == parameter)
    }

    @Test(arguments: [
        "x; a=b; a=b", "x; a=b; A=c", "x; a", "x; =b", "x; a =b", "x; a= ; b", "x; a=\"b", #"x; a="b\""#,
        "x; a=\"b\"c", "x; a=b\"c\"", "x; ü=b",
    ])
    func `ambiguous or malformed values are refused`(text: String) {
        #expect(FieldParameters(text) == nil)
    }

    @Test(arguments: ["\u{301}", "\u{600}", "\u{200D}", "\u{FE0F}"])
    func `a combining character doesn't hide a separator or a quote`(mark: String) throws {
        let field = try #require(FieldParameters("x;a=\(mark);b=\"\(mark);\(mark)\";c=d"))
        #expect(field["a"]?.utf8.elementsEqual(mark.utf8) == true)
        #expect(field["b"]?.utf8.elementsEqual("\(mark);\(mark)".utf8) == true)
        #expect(field["c"] == "d")
        // A combining character after the closing quote makes the value malformed.
        #expect(FieldParameters("x;a=\"b\"\(mark);c=d") == nil)
        #expect(FieldParameters("x;\(mark)a=b") == nil)
    }

    @Test func `only ASCII letters are case-folded in names`() throws {
        #expect(try #require(FieldParameters("\u{212A}; a=b")).value.utf8.elementsEqual("\u{212A}".utf8))
        #expect(FieldParameters("x; \u{212A}=b") == nil)
        #expect(FieldParameters("x; boundar\u{17F}=b") == nil)
    }
}
