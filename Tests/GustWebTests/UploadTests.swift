import GustHTTP
import GustWeb
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Multipart forms, as handlers read them.
@Suite struct UploadTests {
    private let exchange = Exchange()

    /// A form with a field, a chosen file, an empty file input, and the field again.
    private let form = """
        --b\r
        Content-Disposition: form-data; name="tag"\r
        \r
        a+b & ü\r
        --b\r
        Content-Disposition: form-data; name="picture"; filename="C:\\pictures\\cat.png"\r
        Content-Type: image/png\r
        \r
        PNG\r
        --b\r
        Content-Disposition: form-data; name="other"; filename=""\r
        Content-Type: application/octet-stream\r
        \r
        \r
        --b\r
        Content-Disposition: form-data; name="tag"\r
        \r
        \r
        --b--\r

        """

    private func answer(
        of body: String? = nil,
        type: String = "multipart/form-data; boundary=b",
        through middleware: (any Middleware)? = nil,
        _ read: @escaping @Sendable (Request) async throws -> String
    ) async throws -> String {
        let request = try exchange.request("/", [.contentType: type], method: .post, body: body ?? form)
        let handler = SuspendingHandler(read)
        let answer = try await exchange.answer(request, from: middleware?.wrapping(handler) ?? handler)
        return answer.status == .ok ? answer.text : "\(answer.status.code) \(answer.text)"
    }

    @Test func `form returns the fields of both types of form, without files`() async throws {
        let handler = { @Sendable (request: Request) async throws in
            try await request.form().map { "\($0.name)=\($0.value);" }.joined()
        }
        #expect(try await answer(handler) == "tag=a+b & ü;tag=;")
        let type = "application/x-www-form-urlencoded"
        #expect(try await answer(of: "tag=a%2Bb+%26+%C3%BC&tag=", type: type, handler) == "tag=a+b & ü;tag=;")
        #expect(try await answer(of: "tag=a", type: "text/plain", handler).hasPrefix("415 "))
    }

    @Test func `formData returns the fields and the chosen files`() async throws {
        let handler = { @Sendable (request: Request) async throws in
            let form = try await request.formData()
            let files = form.files.map { file in
                "\(file.name) \(file.fileName ?? "-") \(file.contentType ?? "-") \(String(buffer: file.bytes))"
            }
            return "\(form["tag"] ?? "-") \(files) \(form.file("picture") != nil) \(form.file("other") != nil)"
        }
        #expect(try await answer(handler) == #"a+b & ü ["picture cat.png image/png PNG"] true false"#)
        let type = "application/x-www-form-urlencoded"
        #expect(try await answer(of: "tag=a", type: type, handler) == "a [] false false")
    }

    @Test func `a part's name isn't decoded, and a file without a name is kept if it has bytes`() async throws {
        let form = """
            --b\r
            Content-Disposition: form-data; name="a&b=c"\r
            \r
            1\r
            --b\r
            Content-Disposition: form-data; name=f; filename=""\r
            \r
            \r
            --b\r
            Content-Disposition: form-data; name=f; filename=""\r
            \r
            first\r
            --b\r
            Content-Disposition: form-data; name=f; filename=empty\r
            \r
            \r
            --b--
            """
        let read = try await answer(of: form) { request in
            let form = try await request.formData()
            let files = form.files.map { "\($0.fileName ?? "-") \(String(buffer: $0.bytes))" }
            return "\(form["a&b=c"] ?? "-") \(files) \(form.file("f").map { String(buffer: $0.bytes) } ?? "-")"
        }
        #expect(read == #"1 ["- first", "empty "] first"#)
    }

    @Test func `the limits of form and formData include files`() async throws {
        let length = form.utf8.count
        for (limit, isRead) in [(length, true), (length - 1, false)] {
            #expect(
                try await answer { "\(try await $0.form(upTo: limit)["tag"] != nil)" }
                    == (isRead ? "true" : "413 Content Too Large")
            )
            #expect(
                try await answer { "\(try await $0.formData(upTo: limit).files.count)" }
                    == (isRead ? "1" : "413 Content Too Large")
            )
        }
    }

    @Test func `the rest of a part that isn't read to its end is skipped`() async throws {
        let read = try await answer { request in
            var read = ""
            for try await part in request.parts() {
                read += "\(part.name):"
                guard part.isFile else { continue }
                for try await bytes in part { read += String(buffer: bytes) }
            }
            return read
        }
        #expect(read == "tag:picture:PNGother:tag:")
    }

    @Test func `a part can't be read after the next part was requested`() async throws {
        let read = try await answer { request in
            var first: RequestPart?
            for try await part in request.parts() {
                guard let kept = first else {
                    first = part
                    continue
                }
                return String(buffer: try await kept.collect())
            }
            return "nothing"
        }
        #expect(read == "500 a part was read after the next part had been requested")
    }

    @Test func `a part is collected with its own limit`() async throws {
        for (limit, text) in [(3, "PNG"), (2, "413 Content Too Large")] {
            let read = try await answer { request in
                for try await part in request.parts() where part.isFile {
                    return String(buffer: try await part.collect(upTo: limit))
                }
                return "nothing"
            }
            #expect(read == text)
        }
    }

    @Test func `the whole body has a limit, with or without a declared length`() async throws {
        let handler = { @Sendable (request: Request) async throws in
            var count = 0
            for try await _ in request.parts() { count += 1 }
            return "\(count)"
        }
        let length = form.utf8.count
        #expect(try await answer(through: BodyLimit(length), handler) == "4")
        #expect(try await answer(through: BodyLimit(length - 1), handler) == "413 Content Too Large")
        let large = form.replacing("PNG", with: String(repeating: "x", count: 1 << 20))
        #expect(try await answer(of: large, handler) == "413 Content Too Large")
        #expect(try await answer(of: large, through: BodyLimit(2 << 20), handler) == "4")
        #expect(try await answer(of: large) { "\(try await $0.formData(upTo: 2 << 20).files.count)" } == "1")
    }

    @Test func `a declared length above the limit is refused before anything is read`() async throws {
        var request = try exchange.request("/", method: .post, body: "--b--")
        request.headers = [.contentType: "multipart/form-data; boundary=b", .contentLength: "11"]
        let refused = try await exchange.answer(
            request,
            from: SuspendingHandler { request in
                for try await _ in request.parts(upTo: 10) {}
                return "read"
            }
        )
        #expect(refused.status == .contentTooLarge)
        #expect(refused.headers[.connection] == "close")
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=b", "--b\r\n", "400 the body ends before its last delimiter"),
        ("multipart/form-data; boundary=b", "", "400 the body ends before its last delimiter"),
        ("multipart/form-data", "--b--", "400 the Content-Type of a multipart body must have exactly one boundary"),
        ("text/plain; boundary=b", "--b--", "415 the body must be multipart/form-data"),
        ("multipart/form-data; boundary=b", "--b--", "0"),
    ])
    func `an invalid multipart form is refused with the reason`(type: String, body: String, text: String) async throws {
        let answer = try await answer(of: body, type: type) { request in
            var count = 0
            for try await _ in request.parts() { count += 1 }
            return "\(count)"
        }
        #expect(answer == text)
    }

    @Test(arguments: [
        // The head of a part would follow after the delimiter; the count of parts is checked before it.
        ("--b\r\nbroken", 100, 0, "413 the body has more than 0 parts"),
        ("--b--\r\nepilogue", 10, 100, "413 Content Too Large"),
    ])
    func `after an error, every further read throws the same error`(
        body: String,
        limit: Int,
        count: Int,
        text: String
    ) async throws {
        let answer = try await answer(of: body) { request in
            var parts = request.parts(upTo: limit, count: count).makeAsyncIterator()
            var errors: [String] = []
            for _ in 1...2 {
                do { _ = try await parts.next() } catch let error as HTTPError { errors.append("\(error)") }
            }
            return errors.joined(separator: ", ")
        }
        #expect(answer == "\(text), \(text)")
    }

    @Test func `a form with more than 100 parts is refused`() async throws {
        let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
        let body = String(repeating: part, count: 101) + "--b--"
        #expect(
            try await answer(of: body) { "\(try await $0.form().map(\.name).count)" }
                == "413 the body has more than 100 parts"
        )
    }
}
