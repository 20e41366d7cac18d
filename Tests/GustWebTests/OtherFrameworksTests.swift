import GustFiles
import GustHTTP
import GustRouting
import HTTPTypes
import NIOCore
import Testing

@testable import GustWeb

/// Faults of other frameworks: what each of them did wrong isn't possible here.
@Suite struct OtherFrameworksTests {
    private let exchange = Exchange()

    /// A protected group, and files of the same directory for every other path.
    private func site(_ directory: TemporaryDirectory) throws -> Router {
        var routes = Routes()
        routes.group("/admin", through: BearerAuthentication(tokens: ["key"])) { admin in
            admin.get("/(?<path>.*)", use: StaticFiles(directory.path + "/admin"))
        }
        routes.get("/(?<path>.*)", use: StaticFiles(directory.path))
        return try routes.build()
    }

    private func ask(_ target: String, _ router: Router, _ headers: HTTPFields = [:]) async throws -> Exchange.Answer {
        try await exchange.answer(try exchange.request(target, headers), from: router)
    }

    // GHSA-92pp-h63x-v22m (Hono): middleware compared another path than the handler of files, which ignored repeated slashes.
    // GHSA-frvp-7c67-39w9: an encoded backslash led out of the directory, or around the middleware.
    @Test(arguments: [
        "/admin/secret.txt", "//admin/secret.txt", "///admin//secret.txt", "/admin//secret.txt", "/./admin/secret.txt",
        "/x/../admin/secret.txt", "/%2e/admin/secret.txt", "/admin%2Fsecret.txt", "/admin%5Csecret.txt",
        "/.%5Cadmin%5Csecret.txt", "/x%5C..%5Cadmin/secret.txt", "/..%5Cadmin/secret.txt", "/%61dmin/secret.txt",
        "/admin/%73ecret.txt", "/%2Fadmin/secret.txt", "/admin/./secret.txt", "/admin/secret.txt/",
        "/%5Cadmin/secret.txt",
        "/admin/x/..%5Csecret.txt", "/%252e%252e/admin/secret.txt", "/admin;x/secret.txt",
    ])
    func `no spelling of a path leads around the middleware of a group to its files`(target: String) async throws {
        let directory = try TemporaryDirectory()
        try directory.write("secret", to: "admin/secret.txt")
        try directory.write("public", to: "page.txt")
        let router = try site(directory)
        let answer = try await ask(target, router)
        #expect(answer.status == .unauthorized || answer.status == .notFound)
        #expect(!answer.text.contains("secret"))
        #expect(try await ask("/page.txt", router).text == "public")
        #expect(try await ask("/admin/secret.txt", router, [.authorization: "Bearer key"]).text == "secret")
    }

    @Test(arguments: [
        "/..%5Coutside.txt", "/..%5C..%5Coutside.txt", "/page.txt%5C..%5C..%5Coutside.txt", "/%2e%2e%5Coutside.txt",
        "/..%2Foutside.txt", "/C:%5Coutside.txt", "/..%255Coutside.txt", "/..\\outside.txt",
    ])
    func `an encoded backslash doesn't lead out of a directory`(target: String) async throws {
        let directory = try TemporaryDirectory()
        try directory.write("secret", to: "outside.txt")
        try directory.write("public", to: "public/page.txt")
        var routes = Routes()
        routes.get("/(?<path>.*)", use: StaticFiles(directory.path + "/public"))
        let answer = try await ask(target, routes.build())
        #expect(answer.status == .notFound)
        #expect(!answer.text.contains("secret"))
    }

    // CVE-2024-45296, GHSA-j3q9-mxjg-w52f, GHSA-27v5-c462-wpq7 (path-to-regexp): two parameters in one segment, or several
    // catch-alls, took exponential time.
    @Test(arguments: ["/:a-:b", "/:a-:b-:c-:d", "/(.*)/x/(.*)/y/(.*)/z", "/(a+)+b", "/([^/]+|[^-]+)*!"])
    func `a hostile path costs a bounded number of steps`(pattern: String) async throws {
        var routes = Routes()
        routes.toleratedPatterns = [pattern]
        routes.get(pattern) { _ in "matched" }
        let router = try routes.build()
        let clock = ContinuousClock()
        let hostile = [
            "/" + String(repeating: "a-", count: 2_000) + "/!", "/" + String(repeating: "a", count: 4_000) + "!!",
        ]
        for path in hostile + ["/" + String(repeating: "x/y/", count: 1_000)] {
            // A bound that a slow machine under load doesn't exceed, and exponential time does.
            let time = try await clock.measure { _ = try await ask(path, router) }
            #expect(time < .seconds(5))
        }
    }
}
