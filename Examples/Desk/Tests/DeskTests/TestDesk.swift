import Foundation
import Gust
import GustSessions
import GustTesting
import Testing

@testable import Desk

/// A desk with empty data in a directory of its own, and clients of it.
enum TestDesk {
    /// The directory of the package, with its templates and files.
    private static let resources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Calls `body` with a browser at a new desk, which is removed afterwards.
    static func with(at depth: TestDepth = .memory, _ body: (TestClient) async throws -> Void) async throws {
        let data = FileManager.default.temporaryDirectory.appending(path: "desk-\(UUID())")
        defer { try? FileManager.default.removeItem(at: data) }
        let desk = try Desk(data: data.path, keys: .random(), resources: resources)
        try await TestClient.with(try desk.application().router(), at: depth, keepsCookies: true) {
            client async throws in
            try await body(client)
        }
    }
}

extension TestClient {
    static let password = "correct horse"

    func signUp(_ name: String) async throws {
        let response = try await post("/signup", form: ["name": name, "password": Self.password])
        #expect(response.status == .seeOther)
        #expect(response.headers[.location] == "/tickets")
    }

    func signIn(_ name: String) async throws {
        let response = try await post("/signin", form: ["name": name, "password": Self.password])
        #expect(response.headers[.location] == "/tickets")
    }

    func signOut() async throws {
        #expect(try await post("/signout", form: [:]).headers[.location] == "/signin")
    }

    /// Adds a ticket by the form.
    ///
    /// - Returns: The path of its page.
    func addTicket(_ title: String, file: String? = nil, _ content: String = "") async throws -> String {
        var form: TestForm = ["title": title, "text": "Please help.", "urgency": "high"]
        if let file { form.add(file: file, content, to: "files") }
        let response = try await post("/tickets", form: form)
        #expect(response.status == .seeOther)
        return try #require(response.headers[.location])
    }
}
