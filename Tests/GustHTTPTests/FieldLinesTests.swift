import GustHTTP
import HTTPTypes
import Testing

@Suite struct FieldLinesTests {
    @Test func `fields come back in their order, with their names and values`() throws {
        let custom = try #require(HTTPField.Name("X-Trace"))
        let fields: HTTPFields = [
            .userAgent: "a browser with a long name", custom: "", .cookie: "a=1", .origin: "https://ä.example",
        ]
        let kept = FieldLines(fields).fields
        #expect(kept == fields)
        #expect(kept.map(\.name.rawName) == ["User-Agent", "X-Trace", "Cookie", "Origin"])
    }

    @Test func `a field that is repeated stays repeated`() {
        var fields = HTTPFields()
        fields.append(HTTPField(name: .cookie, value: "a=1"))
        fields.append(HTTPField(name: .cookie, value: "b=2"))
        #expect(FieldLines(fields).fields[values: .cookie] == ["a=1", "b=2"])
    }

    @Test func `a value with line ends can't make a field of its own`() {
        let fields: HTTPFields = [.userAgent: "a\r\nCookie: stolen"]
        #expect(FieldLines(fields).fields.map(\.name) == [.userAgent])
    }
}
