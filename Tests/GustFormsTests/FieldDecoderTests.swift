import Foundation
import Gust
import GustTesting
import HTTPTypes
import Testing

@testable import GustForms

/// Queries and forms as values.
@Suite struct FieldDecoderTests {
    private struct Address: Codable, Sendable { let city: String }

    private enum Colour: String, Codable { case red, green }

    private struct Everything: Codable, Sendable {
        let text: String
        let number: Int
        let size: Double?
        let isOpen: Bool
        let colour: Colour?
        let tags: [String]
        let address: Address?
        let lines: [Address]
        let counts: [String: Int]?
        let day: Date?
    }

    /// Answers with the decoded value as JSON, with its keys sorted.
    private func client<Value: Codable & Sendable>(_ type: Value.Type) throws -> TestClient {
        var app = Application()
        app.get("/") { request in JSON(try request.decodeQuery(Value.self)) }
        app.post("/") { request in JSON(try await request.decodeForm(Value.self)) }
        return TestClient(try app.router())
    }

    @Test(arguments: [
        ("text=a&number=1", #"{"isOpen":false,"lines":[],"number":1,"tags":[],"text":"a"}"#),
        ("text=&number=-5&isOpen=on", #"{"isOpen":true,"lines":[],"number":-5,"tags":[],"text":""}"#),
        (
            "text=a&number=1&size=&colour=&isOpen=false&day=",
            #"{"isOpen":false,"lines":[],"number":1,"tags":[],"text":"a"}"#
        ),
        (
            "text=a&number=1&size=2.5&colour=red",
            #"{"colour":"red","isOpen":false,"lines":[],"number":1,"size":2.5,"tags":[],"text":"a"}"#
        ),
        ("text=a&number=1&tags=x&tags=y", #"{"isOpen":false,"lines":[],"number":1,"tags":["x","y"],"text":"a"}"#),
        ("text=a&number=1&tags[]=x&tags[]=y", #"{"isOpen":false,"lines":[],"number":1,"tags":["x","y"],"text":"a"}"#),
        ("text=a&number=1&tags[1]=y&tags[0]=x", #"{"isOpen":false,"lines":[],"number":1,"tags":["x","y"],"text":"a"}"#),
        (
            "text=a&number=1&address[city]=B%26",
            #"{"address":{"city":"B&"},"isOpen":false,"lines":[],"number":1,"tags":[],"text":"a"}"#
        ),
        (
            "text=a&number=1&lines[0][city]=A&lines[10][city]=C&lines[2][city]=B",
            #"{"isOpen":false,"lines":[{"city":"A"},{"city":"B"},{"city":"C"}],"number":1,"tags":[],"text":"a"}"#
        ),
        (
            "text=a&text=b&number=1&counts[x]=3",
            #"{"counts":{"x":3},"isOpen":false,"lines":[],"number":1,"tags":[],"text":"a"}"#
        ),
        (
            "text=a&number=1&day=2026-11-29",
            #"{"day":"2026-11-29T00:00:00Z","isOpen":false,"lines":[],"number":1,"tags":[],"text":"a"}"#
        ),
        (
            "text=a&number=1&day=2026-11-29T07:00:00%2B01:00",
            #"{"day":"2026-11-29T06:00:00Z","isOpen":false,"lines":[],"number":1,"tags":[],"text":"a"}"#
        ),
    ])
    func `fields become values`(fields: String, json: String) async throws {
        let client = try client(Everything.self)
        #expect(try await client.get("/?\(fields)").text == json)
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        #expect(try await client.post("/", headers: headers, body: fields).text == json)
    }

    @Test(arguments: [
        ("number=1", "a value is missing: text"), ("text=a", "a value is missing: number"),
        ("text=a&number=", "a value of type Int is expected: number"),
        ("text=a&number=1.5", "a value of type Int is expected: number"),
        ("text=a&number=%D9%A1", "a value of type Int is expected: number"),
        ("text=a&number=9223372036854775808", "a value of type Int is expected: number"),
        ("text=a&number=1&size=nan", "a value of type Double is expected: size"),
        ("text=a&number=1&size=0x1p3", "a value of type Double is expected: size"),
        ("text=a&number=1&size=1e999", "a value of type Double is expected: size"),
        ("text=a&number=1&isOpen=maybe", "a value of type Bool is expected: isOpen"),
        ("text=a&number=1&colour=blue", "a value is invalid: colour"),
        ("text=a&number=1&lines[0][city]=A&lines[1][x]=A", "a value is missing: lines[1].city"),
        ("text=a&number=1&day=2026-02-30", "a value of type Date is expected: day"),
        ("text=a&number=1&counts[x]=y", "a value of type Int is expected: counts.x"),
        ("text[x]=a&number=1", "a value of type String is expected: text"),
    ])
    func `the place of a fault is named, without the value`(fields: String, message: String) async throws {
        let response = try await client(Everything.self).get("/?\(fields)")
        #expect(response.status == .badRequest)
        #expect(response.text == message)
    }

    @Test(arguments: [
        ("a", ["a"]), ("a[b]", ["a", "b"]), ("a[b][c]", ["a", "b", "c"]), ("a[]", ["a"]), ("a[b][]", ["a", "b"]),
        ("a[", ["a["]), ("a]", ["a]"]), ("[a]", ["[a]"]), ("a[b]c", ["a[b]c"]), ("a[b]c]", ["a[b]c]"]),
        ("a[][b]", ["a[][b]"]), ("a[[b]]", ["a[[b]]"]), ("a[\u{301}]", ["a", "\u{301}"]), ("", [""]),
    ])
    func `a name is cut at its brackets`(name: String, path: [String]) {
        #expect(FieldNode.path(of: name).map { Array($0.utf8) } == path.map { Array($0.utf8) })
    }

    @Test func `a name with too many brackets is refused`() async throws {
        let name = "a" + String(repeating: "[b]", count: 9)
        let response = try await client(Address.self).get("/?\(name)=1")
        #expect(response.status == .badRequest)
        #expect(response.text == "a field's name has more than 8 brackets")
    }

    @Test func `a thousand fields take linear time and no more are read`() async throws {
        struct Many: Codable, Sendable { let n: [Int] }
        let fields = (0..<1_200).map { "n=\($0)" }.joined(separator: "&")
        let text = try await client(Many.self).get("/?\(fields)").text
        #expect(text.hasSuffix(",999]}"))
    }

    @Test func `names that are canonically equivalent are different`() async throws {
        struct Name: Codable, Sendable {
            let name: String
            enum CodingKeys: String, CodingKey { case name = "\u{e9}" }
        }
        #expect(try await client(Name.self).get("/?e%CC%81=a").status == .badRequest)
        #expect(try await client(Name.self).get("/?%C3%A9=a").status == .ok)
    }
}
