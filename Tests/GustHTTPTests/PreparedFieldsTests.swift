import GustHTTP
import HTTPTypes
import Testing

/// Header fields that many responses have.
@Suite struct PreparedFieldsTests {
    private let change = PreparedChange { $0[.age] = "1" }

    private func prepared(_ fields: ResponseFields) -> PreparedFields? {
        if case .prepared(let prepared) = fields { prepared } else { nil }
    }

    @Test func `the lines are those of HTTP`() {
        let fields = PreparedFields([.contentType: "text/plain", .age: "0"])
        #expect(String(decoding: fields.lines, as: UTF8.self) == "Content-Type: text/plain\r\nAge: 0\r\n")
        #expect(PreparedFields.none.lines.isEmpty)
    }

    @Test func `the same change of the same fields is made once`() {
        let fields = PreparedFields([.contentType: "text/plain"])
        let changed = fields.changed(by: change)
        #expect(changed?.fields == [.contentType: "text/plain", .age: "1"])
        #expect(changed === fields.changed(by: change))
        #expect(changed !== PreparedFields([.contentType: "text/plain"]).changed(by: change))
    }

    @Test func `changes of one response don't become fields of another`() {
        var first = ResponseFields.prepared(.plainText)
        var second = first
        first.apply(change)
        first.all[.vary] = "Origin"
        #expect(first.all == [.contentType: "text/plain; charset=utf-8", .age: "1", .vary: "Origin"])
        #expect(second.all == [.contentType: "text/plain; charset=utf-8"])
        second.apply(change)
        #expect(second.all == [.contentType: "text/plain; charset=utf-8", .age: "1"])
    }

    @Test func `a change applies to fields that were made for one response`() {
        var fields = ResponseFields.made([.vary: "Origin"])
        fields.apply(change)
        #expect(fields.all == [.vary: "Origin", .age: "1"])
        #expect(prepared(fields) == nil)
        var none = ResponseFields.made([:])
        none.apply(change)
        #expect(prepared(none)?.fields == [.age: "1"])
    }

    @Test func `a bounded number of changes is kept, and every change is made`() {
        let fields = PreparedFields([.contentType: "text/plain"])
        for number in 0..<20 {
            var response = ResponseFields.prepared(fields)
            response.apply(PreparedChange { $0[.age] = "\(number)" })
            #expect(response.all == [.contentType: "text/plain", .age: "\(number)"])
            #expect((prepared(response) != nil) == (number < 8))
        }
    }
}
