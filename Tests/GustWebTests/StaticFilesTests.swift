import Foundation
import GustFiles
import GustHTTP
import GustRouting
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@Suite struct StaticFilesTests {
    let directory: TemporaryDirectory
    let exchange = Exchange()
    let files: StaticFiles

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("body { margin: 0 }", to: "public/site.css")
        try directory.write("<h1>Front</h1>", to: "public/index.html")
        try directory.write("<h1>Docs</h1>", to: "public/docs/index.html")
        try directory.write("secret", to: "public/.htpasswd")
        try directory.write("secret", to: "public_private/key")
        try directory.write("secret", to: "outside")
        try directory.write(Data(repeating: 7, count: 200_000), to: "public/big.png")
        try directory.setDate(784_111_777, of: "public/site.css")
        files = StaticFiles(directory.path + "/public")
    }

    private func get(
        _ path: String,
        _ headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get
    ) async throws -> Exchange.Answer {
        let request = try exchange.request("/static/x", headers, method: method, captures: [("path", path)])
        return try await exchange.answer(request, from: files)
    }

    @Test func `a file is sent with its type, tag and date`() async throws {
        let answer = try await get("site.css")
        #expect(answer.status == .ok)
        #expect(answer.text == "body { margin: 0 }")
        #expect(answer.headers[.contentType] == "text/css; charset=utf-8")
        #expect(answer.headers[.lastModified] == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.acceptRanges] == "bytes")
        #expect(answer.headers[.cacheControl] == "no-cache")
        let tag = try #require(answer.headers[.eTag])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
    }

    @Test func `a large file is sent by the operating system, with its length`() async throws {
        let answer = try await get("big.png")
        #expect(answer.isStreamed)
        #expect(answer.headers[.contentLength] == "200000")
        #expect(answer.bytes == ByteBuffer(repeating: 7, count: 200_000))
    }

    @Test func `the first unnamed capture is the path if no capture is called path`() async throws {
        let request = try exchange.request("/x", captures: [("other", "no"), (nil, "site.css")])
        #expect(try await exchange.answer(request, from: files).text == "body { margin: 0 }")
    }

    @Test(arguments: ["", "docs/"]) func `for a directory, its index.html is sent`(path: String) async throws {
        let answer = try await get(path)
        #expect(answer.text == (path.isEmpty ? "<h1>Front</h1>" : "<h1>Docs</h1>"))
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
    }

    @Test func `a directory without its slash is redirected to it, with the query`() async throws {
        let request = try exchange.request("/static/docs?page=2", captures: [("path", "docs")])
        let answer = try await exchange.answer(request, from: files)
        #expect(answer.status == .permanentRedirect)
        #expect(answer.headers[.location] == "/static/docs/?page=2")
    }

    @Test func `the redirect to a directory keeps the prefixes of mounts as the client sent them`() async throws {
        var inner = Routes()
        inner.get("/files/(?P<path>.*)", use: files)
        var middle = Routes()
        middle.mount("/b", try inner.build())
        var outer = Routes()
        outer.mount("/a", try middle.build())
        outer.group("/g") { $0.get("/(?P<path>.*)", use: files) }
        let router = try outer.build()
        for (target, location) in [
            ("/a/b/files/docs?page=2", "/a/b/files/docs/?page=2"), ("/%61/b/files/%64ocs", "/%61/b/files/%64ocs/"),
            ("/g/docs", "/g/docs/"),
        ] {
            let answer = try await exchange.answer(exchange.request(target), from: router)
            #expect(answer.status == .permanentRedirect)
            #expect(answer.headers[.location] == location)
        }
    }

    @Test func `a directory is never redirected to another host`() async throws {
        for path in ["//evil.example/docs", "//\u{301}.example/docs"] {
            let request = try exchange.request(path, captures: [("path", "docs")])
            #expect(try await exchange.answer(request, from: files).status == .notFound)
        }
    }

    @Test(arguments: [
        "../outside", "docs/../../outside", "..", ".", "./site.css", "/etc/passwd", "//etc/passwd", "..\\outside",
        "docs\\..\\..\\outside", "site.css\u{0}.png", "docs//index.html", ".htpasswd", "docs/.htpasswd",
        "../public_private/key", "_private/key", "missing", "site.css/", "site.css/x", "%2e%2e/outside",
        String(repeating: "a/", count: 5_000), String(repeating: "a", count: 5_000),
    ])
    func `a path that leaves the directory, is hidden or doesn't exist is 404`(path: String) async throws {
        let answer = try await get(path)
        #expect(answer.status == .notFound)
        #expect(!answer.text.contains("secret"))
    }

    @Test func `an encoded slash doesn't separate names`() async throws {
        // Middleware on /static/docs/.* doesn't match /static/docs%2Findex.html.
        let request = try exchange.request("/static/docs%2findex.html", captures: [("path", "docs/index.html")])
        #expect(try await exchange.answer(request, from: files).status == .notFound)
    }

    @Test func `a percent sign in a file name isn't decoded again`() async throws {
        try directory.write("half", to: "public/50%25.txt")
        let request = try exchange.request("/static/50%2525.txt", captures: [("path", "50%25.txt")])
        #expect(try await exchange.answer(request, from: files).text == "half")
    }

    @Test func `a symbolic link isn't followed`() async throws {
        let path = directory.path + "/public"
        try FileManager.default.createSymbolicLink(atPath: path + "/link", withDestinationPath: "../outside")
        try FileManager.default.createSymbolicLink(atPath: path + "/up", withDestinationPath: "..")
        #expect(try await get("link").status == .notFound)
        #expect(try await get("up/outside").status == .notFound)
        // In Swift, the slash and U+0301 are one `Character`; the file system finds a slash.
        try directory.write("secret", to: "\u{301}outside")
        #expect(try await get("up/\u{301}outside").status == .notFound)
    }

    @Test func `a pipe is not a file, and doesn't block`() async throws {
        #expect(mkfifo(directory.path + "/public/pipe", 0o600) == 0)
        #expect(try await get("pipe").status == .notFound)
    }

    @Test func `other methods than GET and HEAD are not allowed`() async throws {
        let answer = try await get("site.css", method: .post)
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "GET, HEAD")
    }

    @Test func `a change of a cached file is noticed after a second`() async throws {
        #expect(try await get("site.css").text == "body { margin: 0 }")
        try directory.write("body { margin: 1px }", to: "public/site.css")
        #expect(try await get("site.css").text == "body { margin: 0 }")
        exchange.loop.advanceTime(by: .seconds(1))
        #expect(try await get("site.css").text == "body { margin: 1px }")
        try FileManager.default.removeItem(atPath: directory.path + "/public/site.css")
        exchange.loop.advanceTime(by: .seconds(1))
        #expect(try await get("site.css").status == .notFound)
    }

    @Test func `a change of a large file is noticed immediately`() async throws {
        #expect(try await get("big.png").bytes.readableBytes == 200_000)
        try directory.write(Data(repeating: 8, count: 100_000), to: "public/big.png")
        let answer = try await get("big.png")
        #expect(answer.headers[.contentLength] == "100000")
        #expect(answer.bytes == ByteBuffer(repeating: 8, count: 100_000))
    }

    @Test func `a cached file is sent without a task`() async throws {
        _ = try await get("site.css")
        let request = try exchange.request("/static/x", captures: [("path", "site.css")])
        #expect(try files.answer(request).immediateResponse != nil)
    }

    @Test func `a missing directory is reported before the first request`() throws {
        #expect(files.problem == nil)
        let missing = StaticFiles(directory.path + "/nowhere")
        #expect(missing.problem == "there is no directory \(directory.path)/nowhere to serve files from")
    }

    @Test func `a file whose name has a backslash or control characters isn't served`() async throws {
        for name in ["back\\slash", "bell\u{7}", "delete\u{7F}"] {
            try directory.write("secret", to: "public/\(name)")
            #expect(try await get(name).status == .notFound)
        }
    }

    @Test func `a directory called index.html doesn't cause a redirect`() async throws {
        try directory.write("x", to: "public/odd/index.html/x")
        let request = try exchange.request("/static/odd/", captures: [("path", "odd/")])
        #expect(try await exchange.answer(request, from: files).status == .notFound)
    }

    @Test func `a file that was found unchanged isn't checked for another second`() async throws {
        _ = try await get("site.css")
        exchange.loop.advanceTime(by: .seconds(1))
        _ = try await get("site.css")
        try FileManager.default.removeItem(atPath: directory.path + "/public/site.css")
        exchange.loop.advanceTime(by: .milliseconds(500))
        #expect(try await get("site.css").status == .ok)
    }

    @Test func `the bytes of a changed file are counted once, and those of a removed file aren't`() async throws {
        _ = try await get("site.css")
        let memory = files.memoryInUse
        try directory.write("body { margin: 1 }", to: "public/site.css")
        exchange.loop.advanceTime(by: .seconds(1))
        _ = try await get("site.css")
        #expect(files.memoryInUse == memory)
        try FileManager.default.removeItem(atPath: directory.path + "/public/site.css")
        exchange.loop.advanceTime(by: .seconds(1))
        #expect(try await get("site.css").status == .notFound)
        #expect(files.memoryInUse == 0)
    }

    @Test func `a path can have at most 32 components`() async throws {
        for (depth, status) in [(31, 200), (32, 404)] {
            let path = String(repeating: "d/", count: depth) + "file"
            try directory.write("x", to: "public/\(path)")
            #expect(try await get(path).status.code == status)
        }
    }

    @Test func `files in .well-known are served, other hidden files aren't`() async throws {
        try directory.write("Contact: mailto:a@b", to: "public/.well-known/security.txt")
        try directory.write("secret", to: "public/.well-known/.hidden")
        #expect(try await get(".well-known/security.txt").text == "Contact: mailto:a@b")
        #expect(try await get(".well-known/.hidden").status == .notFound)
    }

    @Test func `canonically equivalent names are different files`() async throws {
        try directory.write("one", to: "public/\u{E9}.txt")
        try directory.write("two", to: "public/e\u{301}.txt")
        for _ in 1...2 {
            #expect(try await get("\u{E9}.txt").text == "one")
            #expect(try await get("e\u{301}.txt").text == "two")
        }
    }

    @Test func `servers with copies of a file agree on its tag`() async throws {
        try directory.write("body { margin: 0 }", to: "copy/site.css")
        try directory.setDate(784_111_777, of: "copy/site.css")
        let request = try exchange.request("/x", captures: [("path", "site.css")])
        let copy = try await exchange.answer(request, from: StaticFiles(directory.path + "/copy"))
        #expect(try await get("site.css").headers[.eTag] == copy.headers[.eTag])
    }

    @Test func `the extension of a file is compared ignoring ASCII case only`() async throws {
        try directory.write("x", to: "public/a.MKV")
        try directory.write("x", to: "public/a.m\u{212A}v")
        #expect(try await get("a.MKV").headers[.contentType] == "video/matroska")
        #expect(try await get("a.m\u{212A}v").headers[.contentType] == "application/octet-stream")
    }

    @Test func `a file uses one descriptor while it is sent`() async throws {
        let answer = try await get("big.png")
        #expect(answer.isStreamed)
        let request = try exchange.request("/static/x", captures: [("path", "big.png")])
        let response = try #require(try files.answer(request).immediateResponse)
        guard case .stream(let body) = response.body else {
            Issue.record("not streamed")
            return
        }
        func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
                .count { number in
                    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)"))
                        == directory.path + "/public/big.png"
                }
        }
        guard FileManager.default.fileExists(atPath: "/proc/self/fd") else { return }
        let writer = HoldingWriter(eventLoop: exchange.loop)
        body(writer)
        #expect(try descriptors() == 1)
        writer.end()
    }

    /// A writer that doesn't complete the response until `end` is called.
    private final class HoldingWriter: ResponseWriter {
        let hasPeerFinished = false
        let eventLoop: any EventLoop
        var status = HTTPResponse.Status.ok
        var headers = HTTPFields()
        var isWritable = true
        var isChunked = true
        var onWritable: (() -> Void)?
        var onAbort: (() -> Void)?
        private var completion: ((Bool) -> Void)?

        init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

        func write(_ bytes: ByteBuffer) {}
        func write(_ region: FileRegion) {}
        func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) { self.completion = completion }
        func abort() {}
        func end() { completion?(true) }
    }
}
