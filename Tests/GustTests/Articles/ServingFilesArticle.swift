import Foundation
import Gust
import GustTesting
import GustWeb
import HTTPTypes
import Testing

/// The snippets of `ServingFiles.md`.
@Suite struct ServingFilesArticle {
    @Test func `files have versions, rules and a fallback page`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: "\(directory)/fonts", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for name in ["app.js", "index.html", "fonts/a.woff2"] {
            try Data(name.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
        }
        var app = Application()
        app.get("/static/(?P<path>.*)", use: .files(directory))
        app.get("/page") { request in
            HTML("<script src=\"\(try request.staticURL("app.js"))\"></script>")
        }
        app.get(
            "/assets/(?P<path>.*)",
            use: .files(
                directory,
                cacheControl: "max-age=300",
                cacheRules: ["*.html": "no-cache", "fonts/**": "max-age=604800"]
            )
        )
        app.get(
            "/(?P<path>.*)",
            use: .files(directory, fallback: FallbackPage("index.html", except: ["api/**", "live/**"]))
        )
        let client = TestClient(try app.router())
        let page = try await client.get("/page").text
        #expect(page.hasPrefix("<script src=\"/static/app.js?v="))
        let url = String(page.dropFirst(13).prefix { $0 != "\"" })
        #expect(try await client.get(url).headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(try await client.get("/static/app.js").headers[.cacheControl] == "no-cache")
        #expect(try await client.get("/assets/app.js").headers[.cacheControl] == "max-age=300")
        #expect(try await client.get("/assets/fonts/a.woff2").headers[.cacheControl] == "max-age=604800")
        #expect(try await client.get("/tickets/7", headers: [.accept: "text/html"]).text == "index.html")
        #expect(try await client.get("/live/7", headers: [.accept: "text/html"]).status == .notFound)
    }
}
