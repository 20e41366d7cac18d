import Foundation
import Gust
import GustForms
import GustTesting
import HTTPTypes
import Testing

/// The snippets of `Forms.md`.
@Suite struct FormsArticle {
    struct Search: Decodable {
        let words: String
        let page: Int?
        let tags: [String]
        let isExact: Bool
    }

    struct Profile: Decodable {
        let name: String
        let picture: Upload?
    }

    struct Address: Decodable, Validatable {
        let street: String

        func validate(_ checks: inout ValidationChecks) {
            checks.require(!street.isEmpty, at: "street", "must not be empty")
        }
    }

    struct SignUp: Decodable, Validatable {
        let age: Int
        let addresses: [Address]

        func validate(_ checks: inout ValidationChecks) {
            checks.require(age >= 18, at: "age", "must be at least 18")
            checks.validate(addresses, at: "addresses")
        }
    }

    @Test(arguments: [
        ("words=tea&page=2&tags=a&tags=b&isExact=on", #"tea, page 2, ["a", "b"], true"#),
        ("words=tea&page=", "tea, page 1, [], false"), ("words=tea&page=x", "a value of type Int is expected: page"),
    ])
    func `a query is decoded`(query: String, text: String) async throws {
        var app = Application()
        app.get("/search") { request in
            let search = try request.decodeQuery(Search.self)
            return "\(search.words), page \(search.page ?? 1), \(search.tags), \(search.isExact)"
        }
        #expect(try await TestClient(try app.router()).get("/search?\(query)").text == text)
    }

    @Test func `an upload is kept`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var app = Application()
        app.post("/profile") { request in
            let profile = try await request.decodeForm(Profile.self, limits: UploadLimits(body: 100 << 20))
            guard let picture = profile.picture else { return "\(profile.name) has no picture" }
            try await picture.move(to: "\(directory)/\(profile.name.utf8.count).png")
            return "\(profile.name) has a picture of \(picture.size) bytes"
        }
        let body = """
            --b\r
            Content-Disposition: form-data; name="name"\r
            \r
            Ada\r
            --b\r
            Content-Disposition: form-data; name="picture"; filename="a.png"\r
            \r
            png\r
            --b--\r

            """
        let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
        let text = try await TestClient(try app.router()).post("/profile", headers: headers, body: body).text
        #expect(text == "Ada has a picture of 3 bytes")
        #expect(FileManager.default.fileExists(atPath: "\(directory)/3.png"))
        try FileManager.default.removeItem(atPath: directory)
    }

    @Test func `all faults are answered`() async throws {
        var app = Application()
        app.post("/people") { request in
            let person = try await request.decodeContent(SignUp.self)
            return "welcome, \(person.age)"
        }
        let client = TestClient(try app.router())
        let headers: HTTPFields = [.contentType: "application/json"]
        let bad = #"{"age": 3, "addresses": [{"street": ""}]}"#
        let response = try await client.post("/people", headers: headers, body: bad)
        #expect(response.status == .unprocessableContent)
        #expect(response.text.contains(##""pointer":"#/age""##))
        #expect(response.text.contains(##""pointer":"#/addresses/0/street""##))
        let good = #"{"age": 30, "addresses": []}"#
        #expect(try await client.post("/people", headers: headers, body: good).text == "welcome, 30")
    }
}
