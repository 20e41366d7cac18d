import Foundation
import GustHTTP
import GustWeb
import HTTPTypes
import Testing

/// Contexts that are `Encodable`.
@Suite struct TemplateContextTests {
    private enum Priority: String, Codable { case low, high }
    private enum State: Encodable {
        case open
        case closed(by: String)
    }
    private struct Comment: Encodable {
        let author: String
        let stars: UInt8?
    }
    private struct Page: Encodable {
        var title = "<T>"
        var date = Date(timeIntervalSince1970: 1_764_460_800)
        var assignee: Comment?
        var priority = Priority.high
        var state = State.closed(by: "ada")
        var comments = [Comment(author: "b", stars: 3), Comment(author: "c", stars: nil)]
        var counts = ["a": 1]
        var matrix = [[1, 2], [3]]
        var link = URL(string: "https://example.com/?a=1&b=2")
        var price = Decimal(string: "1.10")
        var ratio = 0.5
        var big = UInt64.max
        var isOpen = true
        var id: UUID?
        var html = HTML("<b>")
        var maybe: HTML?
    }

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func render(_ template: String, _ context: some Encodable & Sendable, strict: Bool = true) throws -> String
    {
        try directory.write(template, to: "page.mustache")
        return try Templates(directory: directory.path, strict: strict).render("page", context: context).text
    }

    @Test(arguments: [
        ("{{title}}", "&lt;T&gt;"), ("{{date}}", "2025-11-30T00:00:00Z"), ("{{priority}}", "high"),
        ("{{state.closed.by}}", "ada"), ("{{#comments}}{{author}}{{stars}},{{/comments}}", "b3,c,"),
        ("{{counts.a}}{{counts.b}}", "1"), ("{{#matrix}}{{#.}}{{.}}{{/.}};{{/matrix}}", "12;3;"),
        ("{{{link}}}", "https://example.com/?a=1&b=2"), ("{{price}} {{ratio}} {{big}}", "1.1 0.5 18446744073709551615"),
        ("{{#isOpen}}o{{/isOpen}}", "o"), ("{{assignee}}{{assignee.author}}{{^assignee}}nobody{{/assignee}}", "nobody"),
        ("{{#id}}x{{/id}}", ""), ("{{html}}{{maybe}}", "<b>"),
    ])
    func `members of all types are values, and a missing value has a name`(template: String, text: String) throws {
        #expect(try render(template, Page()) == text)
    }

    @Test(arguments: [
        ("<h1>\n  {{titel}}</h1>", "there is no value \"titel\"; there are only: assignee, big,", 2, 3),
        (
            "{{#comments}}{{autor}}{{/comments}}",
            "there is no value \"autor\"; there are only: assignee, author, big,", 1, 14
        ),
        (
            "{{#comments}}{{.title}}{{/comments}}", "the value has no member \"title\"; there are only: author, stars",
            1, 14
        ),
        ("{{state.open}}", "the value has no member \"open\"; there are only: closed", 1, 1),
        ("{{title.x}}", "the value isn't an object, so it has no member \"x\"", 1, 1),
        ("{{state}}", "the value is an object, which has no text", 1, 1),
        ("{{#oben}}{{/oben}}", "there is no value \"oben\"", 1, 1),
        ("{{^oben}}{{/oben}}", "there is no value \"oben\"", 1, 1),
        ("{{@index}}", "there is no list around @index", 1, 1),
    ])
    func `a name that the context doesn't have is an error in strict templates`(
        template: String,
        reason: String,
        line: Int,
        column: Int
    ) throws {
        let error = #expect(throws: TemplateError.self) { try render(template, Page()) }
        #expect(error?.kind == .missingValue)
        #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
        #expect(error?.location?.line == line)
        #expect(error?.location?.column == column)
        #expect(!(try render(template, Page(), strict: false)).contains("{{"))
    }

    @Test func `a member of a dictionary's element is encoded`() throws {
        try directory.write("{{#comments}}{{author}}{{/comments}}", to: "page.mustache")
        let templates = try Templates(directory: directory.path)
        #expect(try templates.render("page", ["comments": [Comment(author: "ada", stars: 1)]]).text == "ada")
    }

    @Test func `an error of the context's encoding is thrown`() throws {
        struct Failing: Encodable {
            func encode(to encoder: any Encoder) throws { throw HTTPError(.conflict) }
        }
        let error = #expect(throws: HTTPError.self) { try render("x", Failing()) }
        #expect(error?.status == .conflict)
    }

    @Test func `a value that is nested too deep is refused`() throws {
        final class Nested: Encodable, Sendable {
            let inner: Nested?
            init(_ depth: Int) { inner = depth == 0 ? nil : Nested(depth - 1) }
        }
        #expect(try render("{{#inner}}x{{/inner}}", Nested(60)) == "x")
        let error = #expect(throws: TemplateError.self) { try render("x", Nested(70)) }
        #expect(error?.reason == "a value is nested more than 64 deep")
    }

    @Test func `names are compared by bytes`() throws {
        struct Accents: Encodable {
            enum CodingKeys: String, CodingKey {
                case composed = "\u{E9}"
                case decomposed = "e\u{301}"
            }
            let composed = "composed"
            let decomposed = "decomposed"
        }
        #expect(try render("{{e\u{301}}}{{\u{E9}}}", Accents()) == "decomposedcomposed")
    }
}
