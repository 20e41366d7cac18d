import Gust
import GustTesting
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A guard in front of a folder can't be bypassed by another spelling of the path (GHSA-92pp-h63x-v22m, GHSA-frvp-7c67-39w9).
@Suite(.leavesNothing) struct GuardedFilesTests {
    @Test(arguments: [
        "//admin/secret.txt", "/admin//secret.txt", "/./admin/secret.txt", "/x/../admin/secret.txt",
        "/%61dmin/secret.txt", "/admin%2fsecret.txt",
        "/admin%5csecret.txt", "/%2e/admin/secret.txt", "/admin/%73ecret.txt", "/admin/./secret.txt",
        "/admin/secret.txt/", "/admin;x/secret.txt",
        "/%2561dmin/secret.txt", "///admin/secret.txt", "/admin/secret.txt",
    ])
    func `no spelling of a path leads around the guard to the file`(path: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "admin"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("the secret".utf8).write(to: folder.appending(path: "admin/secret.txt"))
        try Data("for everybody".utf8).write(to: folder.appending(path: "open.txt"))
        var app = Application()
        let guarding = ClosureMiddleware { _, _ in throw HTTPError(.unauthorized) }
        app.group("/admin", through: guarding) { admin in
            admin.get(#"/(?P<path>.+)"#, use: .files(folder.appending(path: "admin").path()))
        }
        app.get(#"/(?P<path>.+)"#, use: .files(folder.path()))
        let client = TestClient(try app.router())
        #expect(try await client.get("/open.txt").text == "for everybody")
        let response = try await client.get(path)
        #expect([.unauthorized, .notFound, .badRequest].contains(response.status))
        #expect(!response.text.contains("secret"))
    }
}
