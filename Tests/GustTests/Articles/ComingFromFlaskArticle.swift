import Foundation
import Gust
import GustForms
import GustSessions
import GustTesting
import GustWeb
import Synchronization
import Testing

/// The snippets of `ComingFromFlask.md`.
@Suite(.leavesNothing) struct ComingFromFlaskArticle {
    @Test func `a guest is kept, welcomed once, and told to the sockets`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data("{{#messages}}{{.}}|{{/messages}}{{#guests}}{{.}},{{/guests}}".utf8)
            .write(to: directory.appending(path: "guests.mustache"))
        let templates = try Templates(directory: directory.path)
        let client = TestClient(try guestBook(keys: .random(), templates: templates).router(), keepsCookies: true)
        let socket = try await client.open()
        #expect(try await client.post("/guests", form: ["name": "Ada"]).status == .seeOther)
        #expect(try await socket.next() == .event("guest", [#""Ada""#]))
        #expect(try await client.get("/").text == "Welcome, Ada!|Ada,")
        #expect(try await client.get("/").text == "Ada,")
        #expect(try await client.get("/api/guests/0").text == #"{"name":"Ada"}"#)
        let missing = try await client.get("/api/guests/1")
        #expect(missing.status == .notFound)
        #expect(missing.text.contains("there is no such guest"))
        #expect(try await client.post("/guests", form: ["name": ""]).status == .unprocessableContent)
    }
}

struct Guest: Decodable, Validatable {
    let name: String

    func validate(_ checks: inout ValidationChecks) {
        checks.require(!name.isEmpty, at: "name", "must not be empty")
    }
}

func guestBook(keys: SigningKeys, templates: Templates) throws -> Application {
    let guests = Mutex<[String]>([])
    let io = SocketIO()
    var app = Application()
    app.use(try Sessions(keys: keys))
    app.get("/", name: "home") { request in
        let messages = try request.session.takeFlashes().map(\.text)
        let names = guests.withLock { $0 }
        return try templates.render("guests", ["guests": names, "messages": messages], for: request)
    }
    app.post("/guests") { request async throws in
        let guest = try await request.decodeForm(Guest.self)
        guests.withLock { $0.append(guest.name) }
        io.emit("guest", guest.name)
        try request.session.flash("Welcome, \(guest.name)!")
        return Response.redirect(to: try request.url(for: "home"))
    }
    app.group("/api", through: ProblemDocuments()) { api in
        api.get("/guests/:number") { (_, number: Int) in
            guard let name = guests.withLock({ $0.indices.contains(number) ? $0[number] : nil }) else {
                throw HTTPError(.notFound, "there is no such guest")
            }
            return JSON(["name": name])
        }
    }
    app.get(#"/static/(?P<path>.+)"#, use: .files("public"))
    app.add(io.routes())
    return app
}
