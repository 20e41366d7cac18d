import Foundation
import Gust
import GustHTTP
import GustTesting
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustForms

/// Uploads in memory and in temporary files.
@Suite struct UploadTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)").path()

    private struct Film: Decodable { let title: String; let film: Upload?; let pictures: [Upload] }

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: directory) } }

    /// Waits until the temporary files have been deleted, which another thread does.
    private func waitUntilEmpty() async throws {
        for _ in 0..<10_000 where try !names.isEmpty { await Task.yield() }
        let deadline = ContinuousClock.now + .seconds(10)
        while try !names.isEmpty, ContinuousClock.now < deadline { await Task.yield() }
        #expect(try names.isEmpty)
        try FileManager.default.removeItem(atPath: directory)
    }

    private func limits(memory: Int = 10, file: Int = .max) -> UploadLimits {
        var limits = UploadLimits(body: 10 << 20)
        limits.memory = memory
        limits.file = file
        limits.directory = directory
        return limits
    }

    private func parts(_ files: [(field: String, name: String, content: String)], title: String = "t") -> String {
        var body = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\(title)\r\n"
        for file in files {
            body += "--b\r\nContent-Disposition: form-data; name=\"\(file.field)\"; filename=\"\(file.name)\"\r\n"
            body += "Content-Type: text/plain\r\n\r\n\(file.content)\r\n"
        }
        return body + "--b--\r\n"
    }

    private let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]

    @Test(arguments: TestDepth.allCases)
    func `a longer file is in a temporary file until the request ends`(depth: TestDepth) async throws {
        var app = Application()
        let (limits, directory) = (limits(), directory)
        app.post("/") { request in
            let form = try await request.uploads(limits)
            let files = form.files.map { file in
                "\(file.name) \(file.fileName ?? "-") \(file.contentType ?? "-") \(file.size) \(file.path == nil)"
            }
            let kept = try FileManager.default.contentsOfDirectory(atPath: directory)
            let bytes = try await form.files[1].bytes()
            return "\(form["title"] ?? "") \(files) \(kept.count) \(String(buffer: bytes).utf8.count)"
        }
        let long = String(repeating: "x", count: 300_000)
        let body = parts([("a", "a.txt", "short"), ("b", "b.txt", long), ("c", "", "")], title: "tea")
        try await TestClient.with(try app.router(), at: depth) { client async throws in
            let text = try await client.post("/", headers: headers, body: body).text
            #expect(text == #"tea ["a a.txt text/plain 5 true", "b b.txt text/plain 300000 false"] 1 300000"#)
        }
        try await waitUntilEmpty()
    }

    @Test func `only the owner can read a temporary file`() async throws {
        var app = Application()
        let limits = limits()
        app.post("/") { request in
            let form = try await request.uploads(limits)
            // The file is removed with the form.
            return try withExtendedLifetime(form) {
                let path = form.files.first?.path ?? ""
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
                return String(mode, radix: 8)
            }
        }
        let body = parts([("a", "a", "longer than ten")])
        #expect(try await TestClient(try app.router()).post("/", headers: headers, body: body).text == "600")
        try await waitUntilEmpty()
    }

    @Test(arguments: [10, 10_000])
    func `a moved file stays`(memory: Int) async throws {
        var app = Application()
        let (limits, target) = (limits(memory: memory), directory + "-kept")
        app.post("/") { request in
            try await request.uploads(limits).file("a")?.move(to: target)
            return "moved"
        }
        let body = parts([("a", "a", "longer than ten")])
        #expect(try await TestClient(try app.router()).post("/", headers: headers, body: body).text == "moved")
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "longer than ten")
        try FileManager.default.removeItem(atPath: target)
        try await waitUntilEmpty()
    }

    @Test func `a form is decoded with its files`() async throws {
        var app = Application()
        let limits = limits()
        app.post("/") { request in
            let film = try await request.decodeForm(Film.self, limits: limits)
            return "\(film.title) \(film.film?.size ?? -1) \(film.pictures.map(\.size))"
        }
        let client = TestClient(try app.router())
        let body = parts([("film", "f", "longer than ten"), ("pictures", "p", "1"), ("pictures", "q", "22")])
        #expect(try await client.post("/", headers: headers, body: body).text == "t 15 [1, 2]")
        #expect(try await client.post("/", headers: headers, body: parts([])).text == "t -1 []")
        try await waitUntilEmpty()
    }

    @Test func `a file that was required but not chosen is named`() async throws {
        struct Picture: Decodable { let picture: Upload }
        var app = Application()
        app.post("/") { request in "\(try await request.decodeForm(Picture.self).picture.size)" }
        let client = TestClient(try app.router())
        let response = try await client.post("/", headers: headers, body: parts([("picture", "", "")]))
        #expect(response.status == .badRequest)
        #expect(response.text == "a value is missing: picture")
        let urlencoded: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let text = try await client.post("/", headers: urlencoded, body: "picture=x").text
        #expect(text == "a value of type Upload is expected: picture")
        try await waitUntilEmpty()
    }

    @Test func `a file that is too long is answered with 413, and nothing stays on the disk`() async throws {
        var app = Application()
        let limits = limits(file: 20)
        app.post("/") { request in "\(try await request.uploads(limits).files.count)" }
        let client = TestClient(try app.router())
        let body = parts([("a", "a", "longer than ten"), ("b", "b", String(repeating: "x", count: 21))])
        let response = try await client.post("/", headers: headers, body: body)
        #expect(response.status == .contentTooLarge)
        #expect(response.text == "a file is longer than 20 bytes")
        try await waitUntilEmpty()
    }

    @Test func `a body that is malformed behind a file leaves nothing on the disk`() async throws {
        var app = Application()
        let limits = limits()
        app.post("/") { request in "\(try await request.uploads(limits).files.count)" }
        let body = String(parts([("a", "a", "longer than ten")]).dropLast(6))
        let response = try await TestClient(try app.router()).post("/", headers: headers, body: body)
        #expect(response.status == .badRequest)
        try await waitUntilEmpty()
    }

    @Test(arguments: TestDepth.allCases)
    func `a full disk is answered with 507`(depth: TestDepth) async throws {
        var app = Application()
        let limits = limits()
        app.post("/") { request in
            // Each write to this device fails as on a full disk.
            let form = try await request.uploads(limits) { _, executor in
                try SpooledFile(existing: "/dev/full", executor)
            }
            return "\(form.files.count)"
        }
        let body = parts([("a", "a", String(repeating: "x", count: 100_000))])
        try await TestClient.with(try app.router(), at: depth) { client async throws in
            let response = try await client.post("/", headers: headers, body: body)
            #expect(response.status.code == 507)
            #expect(response.text == "the server has no room for the upload")
        }
        try await waitUntilEmpty()
    }

    @Test func `a directory that doesn't exist is an error of the server`() async throws {
        var app = Application()
        var missing = limits()
        missing.directory = directory + "/missing"
        let (limits, caught) = (missing, Caught())
        app.post("/") { request in
            do { return "\(try await request.uploads(limits).files.count)" } catch let error as UploadError {
                caught.text.withLock { $0 = error.description }
                throw error
            }
        }
        let body = parts([("a", "a", "longer than ten")])
        let response = try await TestClient(try app.router()).post("/", headers: headers, body: body)
        #expect(response.status == .internalServerError)
        #expect(response.text == "Internal Server Error")
        #expect(caught.text.withLock { $0 }.hasSuffix(": No such file or directory"))
        try await waitUntilEmpty()
    }

    private final class Caught: Sendable { let text = Mutex("") }

    @Test func `fields longer than 1 MiB together are refused`() async throws {
        var app = Application()
        let limits = limits()
        app.post("/") { request in "\(try await request.uploads(limits).files.count)" }
        let body = parts([], title: String(repeating: "x", count: 1 << 20 + 1))
        #expect(
            try await TestClient(try app.router()).post("/", headers: headers, body: body).status == .contentTooLarge
        )
        try await waitUntilEmpty()
    }
}
