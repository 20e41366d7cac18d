import Foundation
import Gust
import GustForms
import GustSessions
import GustTesting
import Testing

/// The forms that `GustTesting` sends are those of a browser.
@Suite(.leavesNothing) struct TestFormTests {
    private struct Letter: Decodable {
        let text: String
        let files: [Upload]
    }

    private func router() throws -> Router {
        var app = Application()
        app.use(CSRF())
        app.post("/letters") { request async throws in
            let letter = try await request.decodeForm(Letter.self)
            var lines = [letter.text]
            for file in letter.files {
                lines.append(
                    "\(file.fileName ?? "-") \(file.contentType ?? "-") \(String(buffer: try await file.bytes()))"
                )
            }
            return lines.joined(separator: "|")
        }
        app.post("/types") { request in request.headers[.contentType] ?? "" }
        return try app.router()
    }

    @Test(arguments: TestDepth.allCases)
    func `fields and files arrive as they are, whatever bytes they have`(depth: TestDepth) async throws {
        var form: TestForm = ["text": "ä & b = c + 100 %\r\n--\"end\""]
        form.add(file: "tea.txt", "38 °C\r\n--x--", to: "files")
        form.add(file: "empty.bin", ByteBuffer(), to: "files")
        let response = try await TestClient.with(try router(), at: depth) { try await $0.post("/letters", form: form) }
        #expect(
            response.text
                == "ä & b = c + 100 %\r\n--\"end\"|tea.txt text/plain 38 °C\r\n--x--|empty.bin application/octet-stream "
        )
    }

    @Test func `a form without files is urlencoded, and its reserved bytes are escaped`() async throws {
        var form: TestForm = ["text": "ä&b=c+d%"]
        form.add("e;f", to: "more")
        let client = TestClient(try router())
        #expect(try await client.post("/letters", form: form).text == "ä&b=c+d%")
        #expect(try await client.post("/types", form: form).text == "application/x-www-form-urlencoded")
    }

    @Test func `a form can claim to come from another site, which is refused`() async throws {
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let client = TestClient(try router())
        let response = try await client.post("/letters", headers: [site: "cross-site"], form: ["text": "x"])
        #expect(response.status == .forbidden)
        #expect(response.text == "the request comes from another site")
    }

    @Test func `another browser has cookies of its own, at the same server`() async throws {
        var app = Application()
        app.use(try Sessions())
        app.post("/name") { request in
            try request.session.set(request.query["name"] ?? "", for: "name")
            return "kept"
        }
        app.get("/name") { request in try request.session.value(String.self, for: "name") ?? "nobody" }
        let ada = TestClient(try app.router(), keepsCookies: true)
        let bob = ada.otherBrowser()
        #expect(try await ada.post("/name?name=ada", form: [:]).text == "kept")
        #expect(try await bob.get("/name").text == "nobody")
        #expect(try await bob.post("/name?name=bob", json: ["x": 1]).text == "kept")
        #expect(try await ada.get("/name").text == "ada")
        #expect(try await bob.get("/name").text == "bob")
    }
}
