import Gust
import GustTesting
import Testing

/// The snippets of `Requests.md`.
@Suite struct RequestsArticle {
    @Test func `a handler reads the query and header fields`() async throws {
        var app = Application()
        app.get("/search") { request in
            let words = request.query["q"] ?? ""
            let agent = request.headers[.userAgent] ?? "somebody"
            return "\(agent) looks for \(words)"
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/search?q=tea+pots").text == "somebody looks for tea pots")
    }

    @Test func `all parameters and cookies are read`() async throws {
        var app = Application()
        app.get("/all") { request in
            let parameters = request.query.map { "\($0.name) is \($0.value)" }
            let cookies = request.cookies.map { "\($0.name) is \($0.value)" }
            return (parameters + cookies + request.query.values(of: "tag")).joined(separator: ", ")
        }
        let client = TestClient(try app.router())
        let response = try await client.get("/all?tag=a&tag=b", headers: [.cookie: "theme=dark"])
        #expect(response.text == "tag is a, tag is b, theme is dark, a, b")
    }

    @Test func `a body is read whole, or piece by piece`() async throws {
        var app = Application()
        app.post("/notes") { request in
            let note = String(buffer: try await request.body.collect(upTo: 10_000))
            guard !note.isEmpty else { throw HTTPError(.badRequest, "a note has a text") }
            return "kept: \(note)"
        }
        app.post("/count") { request in
            var bytes = 0
            for try await piece in request.body { bytes += piece.readableBytes }
            return "\(bytes) bytes"
        }
        let client = TestClient(try app.router())
        #expect(try await client.post("/notes", body: "buy tea").text == "kept: buy tea")
        #expect(try await client.post("/notes", body: "").status == .badRequest)
        #expect(try await client.post("/count", body: "12345").text == "5 bytes")
    }

    @Test func `files in forms are read whole, or piece by piece`() async throws {
        var app = Application()
        app.post("/avatar") { request in
            let form = try await request.formData(upTo: 5 << 20)
            guard let picture = form.file("picture") else { throw HTTPError(.badRequest, "choose a picture") }
            return "\(form["name"] ?? "somebody") sent \(picture.bytes.readableBytes) bytes"
        }
        app.post("/uploads") { request in
            var sizes: [String] = []
            for try await part in request.parts(upTo: 1 << 30) where part.isFile {
                var size = 0
                for try await bytes in part { size += bytes.readableBytes }
                sizes.append("\(part.fileName ?? "a file"): \(size)")
            }
            return sizes.joined(separator: ", ")
        }
        let client = TestClient(try app.router())
        let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
        let field = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAda\r\n"
        let file = "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"cat.png\"\r\n\r\nPNG\r\n"
        let form = field + file + "--b--\r\n"
        #expect(try await client.post("/avatar", headers: headers, body: form).text == "Ada sent 3 bytes")
        let empty = try await client.post("/avatar", headers: headers, body: field + "--b--\r\n")
        #expect(empty.text == "choose a picture")
        #expect(try await client.post("/uploads", headers: headers, body: form).text == "cat.png: 3")
    }

    @Test func `a handler reads a value that middleware stored`() async throws {
        var app = Application()
        enum User: RequestStorageKey { typealias Value = String }

        app.use { request, next in
            var request = request
            request.storage[User.self] = request.query["user"]
            return try await next.respond(to: request)
        }
        app.get("/me") { request in request.storage[User.self] }
        let client = TestClient(try app.router())
        #expect(try await client.get("/me?user=ada").text == "ada")
        #expect(try await client.get("/me").status == .notFound)
    }
}
