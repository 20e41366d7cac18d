import Foundation
import Gust
import GustSessions
import GustTesting
import GustWeb
import HTTPTypes
import Testing

/// The snippets of `RenderingTemplates.md`.
@Suite struct RenderingTemplatesArticle {
    struct TicketPage: Encodable {
        var title: String
        var opened: Date
        var assignee: String?
        var comments: [Comment]

        struct Comment: Encodable {
            var author: String
            var text: String
        }
    }

    private let directory: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name).mustache"))
    }

    @Test func `a page has a typed context, a layout, links, a token and messages`() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try write("<title>{{title}}</title>{{$body}}{{/body}}", to: "layout")
        try write(
            """
            {{<layout}}{{$body}}{{#flash}}[{{kind}}: {{text}}]{{/flash}}<form action="{{url ticket id="7"}}">{{csrf_field}}</form>
            {{opened}} {{^assignee}}nobody{{/assignee}} {{#comments}}{{author}}: {{text}}{{/comments}}{{/body}}{{/layout}}
            """,
            to: "ticket"
        )
        @Sendable func page(of id: Int) throws -> TicketPage {
            TicketPage(
                title: "No. \(id)",
                opened: Date(timeIntervalSince1970: 0),
                comments: [.init(author: "Ada", text: "<")]
            )
        }
        var app = Application()
        app.use(try Sessions())
        let templates = try Templates(directory: directory)
        app.use(templates)
        app.get("/tickets/:id<int>", name: "ticket") { (request, id: Int) in
            try request.render("ticket", context: try page(of: id))
        }
        app.get("/leave") { request in
            try request.session.flash("Saved.")
            return ""
        }
        let client = TestClient(try app.router(), keepsCookies: true)
        _ = try await client.get("/leave")
        let text = try await client.get("/tickets/7").text
        #expect(
            text.hasPrefix(
                "<title>No. 7</title>[info: Saved.]<form action=\"/tickets/7\"><input type=\"hidden\" name=\"_csrf\""
            )
        )
        #expect(text.contains("1970-01-01T00:00:00Z nobody Ada: &lt;"))
        #expect(!(try await client.get("/tickets/7").text.contains("Saved")))
    }

    @Test func `helpers of the application`() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try write(#"{{money price currency="$"}}{{#can "edit"}} edit{{/can}}"#, to: "price")
        var app = Application()
        let templates = try Templates(
            directory: directory,
            helpers: [
                "money": { arguments, _ in "\(arguments["currency"].text ?? "€") \(arguments[0].integer ?? 0)" },
                "can": { arguments, request in request?.headers[.authorization] == arguments[0].text },
            ]
        )
        app.get("/price", use: .template("price", from: templates, ["price": 3]))
        let client = TestClient(try app.router())
        #expect(try await client.get("/price").text == "$ 3")
        #expect(try await client.get("/price", headers: [.authorization: "edit"]).text == "$ 3 edit")
    }
}
