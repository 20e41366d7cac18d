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
}
