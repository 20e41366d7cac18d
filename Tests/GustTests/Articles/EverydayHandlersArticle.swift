import Foundation
import Gust
import GustStreams
import GustTesting
import GustWeb
import HTTPTypes
import Testing

/// The snippets of `EverydayHandlers.md`.
@Suite struct EverydayHandlersArticle {
    struct Post: Codable, ResponseEncodable {
        let title: String
    }

    struct OutOfStock: Error {
        let item: String
    }

    @Test func `values are returned`() async throws {
        var app = Application()
        app.get("/post") { _ in Post(title: "Hello") }
        app.post("/post") { _ in Post(title: "New").with(.created, headers: [.location: "/post"]) }
        let client = TestClient(try app.router())
        #expect(try await client.get("/post").text == #"{"title":"Hello"}"#)
        let response = try await client.post("/post", body: "")
        #expect(response.status == .created)
        #expect(response.headers[.location] == "/post")
    }

    @Test func `files and downloads are sent`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data("seven".utf8).write(to: URL(filePath: "\(directory)/7.txt"))
        var app = Application()
        let reports = StaticFiles(directory)
        app.get("/reports/:id") { (request: Request, id: Int) async throws in
            try await reports.file("\(id).txt", for: request).download(as: "Report n° \(id).txt")
        }
        app.get("/table") { _ in Response("1;2", type: "text/csv").download(as: "table.csv") }
        let client = TestClient(try app.router())
        let report = try await client.get("/reports/7")
        #expect(report.text == "seven")
        let disposition = #"attachment; filename="Report n_ 7.txt"; filename*=UTF-8''Report%20n%C2%B0%207.txt"#
        #expect(report.headers[.contentDisposition] == disposition)
        #expect(try await client.get("/reports/8").status == .notFound)
        #expect(try await client.get("/table").headers[.contentDisposition] == #"attachment; filename="table.csv""#)
        try FileManager.default.removeItem(atPath: directory)
    }

    @Test func `content is negotiated`() async throws {
        var app = Application()
        app.get("/posts") { _ in
            Negotiated([
                "application/json": { JSON(["Hello"]) },
                "text/html": { HTML("<p>Hello</p>") },
            ])
        }
        app.get("/greeting") { request in
            request.preferredLanguage(among: ["en", "de"]) == "de" ? "Hallo" : "Hello"
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/posts", headers: [.accept: "text/html"]).text == "<p>Hello</p>")
        #expect(try await client.get("/posts").text == #"["Hello"]"#)
        #expect(try await client.get("/greeting", headers: [.acceptLanguage: "de-CH"]).text == "Hallo")
        #expect(try await client.get("/greeting").text == "Hello")
    }

    @Test func `errors are handled`() async throws {
        var app = Application()
        var errors = ErrorHandlers()
        errors.on(OutOfStock.self) { error, _ in JSON(["missing": error.item]).with(.conflict) }
        errors.on(.notFound) { _, request in HTML("<h1>Nothing at this address</h1>") }
        app.use(errors)
        app.group("/api", through: ProblemDocuments()) { api in
            api.get("/tea") { _ -> String in throw OutOfStock(item: "tea") }
            api.get("/credit") { _ -> String in
                throw Problem(.conflict, type: "/problems/credit", title: "No credit", members: ["balance": 30])
            }
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/api/tea").text == #"{"missing":"tea"}"#)
        #expect(try await client.get("/elsewhere").text == "<h1>Nothing at this address</h1>")
        let credit = try await client.get("/api/credit")
        #expect(credit.status == .conflict)
        #expect(credit.text == #"{"balance":30,"status":409,"title":"No credit","type":"/problems/credit"}"#)
    }

    @Test func `a handler links to a route`() async throws {
        var app = Application()
        app.get("/posts/:slug", name: "post") { (_, slug: String) in "post \(slug)" }
        app.get("/newest") { request in
            Response.redirect(to: try request.url(for: "post", ["slug": "a b"], query: ["page": "2"], fragment: "end"))
        }
        let response = try await TestClient(try app.router()).get("/newest")
        #expect(response.headers[.location] == "/posts/a%20b?page=2#end")
    }

    @Test func `addresses are known`() async throws {
        var app = Application()
        app.use(TrustedHosts(["example.com", "*.example.com"]))
        app.get("/invite/:id", name: "invite") { (request: Request, id: Int) in
            "\(request.absoluteURL("/invite/\(id)") ?? "") is \(request.route?.name ?? "")"
        }
        let client = TestClient(try app.router())
        let host = try #require(HTTPField.Name("Host"))
        let text = try await client.get("/invite/7", headers: [host: "www.example.com"]).text
        #expect(text == "http://www.example.com/invite/7 is invite")
        #expect(try await client.get("/invite/7", headers: [host: "evil.example"]).status == .badRequest)
    }

    @Test(arguments: TestDepth.allCases)
    func `a WebSocket is served by asynchronous code`(depth: TestDepth) async throws {
        var app = Application()
        app.webSocketStream("/echo/:name") { socket, request in
            try await socket.send("hello, \(request.captures["name"] ?? "")")
            for try await message in socket.messages {
                if case .text(let text) = message { try await socket.send(text) }
            }
        }
        try await TestClient.with(try app.router(), at: depth) { client async throws in
            let socket = try await client.webSocket("/echo/Ada")
            #expect(try await socket.next() == .text("hello, Ada"))
            try await socket.send("tea")
            #expect(try await socket.next() == .text("tea"))
        }
    }
}
