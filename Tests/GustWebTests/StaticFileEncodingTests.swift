import Foundation
import GustHTTP
import GustWeb
import GustZlib
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@Suite struct StaticFileEncodingTests {
    let directory: TemporaryDirectory
    let exchange = Exchange()
    let files: StaticFiles
    let script = String(repeating: "let gust = 'wind'\n", count: 10_000)

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(script, to: "app.js")
        try directory.write("tiny", to: "tiny.js")
        try directory.write(script, to: "picture.png")
        files = StaticFiles(directory.path)
    }

    private func get(_ name: String, _ headers: HTTPFields = [:]) async throws -> Exchange.Answer {
        let request = try exchange.request("/\(name)", headers, captures: [("path", name)])
        return try await exchange.answer(request, from: files)
    }

    private func inflate(_ bytes: ByteBuffer) throws -> String {
        var output = ByteBuffer()
        #expect(try Inflator(.gzip).write(bytes, into: &output, limit: 1 << 20))
        return String(buffer: output)
    }

    @Test func `text is compressed once for those who take gzip`() async throws {
        let plain = try await get("app.js")
        #expect(plain.headers[.contentEncoding] == nil)
        #expect(plain.headers[.vary] == "Accept-Encoding")
        let first = try await get("app.js", [.acceptEncoding: "gzip, deflate, br"])
        #expect(first.headers[.contentEncoding] == "gzip")
        #expect(first.headers[.vary] == "Accept-Encoding")
        #expect(first.headers[.eTag] != plain.headers[.eTag])
        #expect(first.headers[.acceptRanges] == nil)
        #expect(first.bytes.readableBytes < script.utf8.count / 20)
        #expect(try inflate(first.bytes) == script)
        // Now it is kept: no task, no zlib.
        let request = try exchange.request("/app.js", [.acceptEncoding: "gzip"], captures: [("path", "app.js")])
        let second = try exchange.collect(try #require(try files.respondInPlace(to: request)))
        #expect(second.bytes == first.bytes)
    }

    @Test func `each encoding has its own tag`() async throws {
        let tag = try #require(try await get("app.js", [.acceptEncoding: "gzip"]).headers[.eTag])
        let same = try await get("app.js", [.acceptEncoding: "gzip", .ifNoneMatch: tag])
        #expect(same.status == .notModified)
        #expect(same.headers[.vary] == "Accept-Encoding")
        #expect(try await get("app.js", [.ifNoneMatch: tag]).status == .ok)
    }

    @Test(arguments: ["identity", "gzip;q=0", "gzip;q=0, *", "br", "*;q=0", "gzip;q=0.1, identity", ""])
    func `who doesn't want gzip gets the file as it is`(field: String) async throws {
        let answer = try await get("app.js", [.acceptEncoding: field])
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.text == script)
    }

    @Test(arguments: ["tiny.js", "picture.png"])
    func `what doesn't gain by it isn't compressed`(name: String) async throws {
        let answer = try await get(name, [.acceptEncoding: "gzip"])
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.headers[.vary] == nil)
    }

    @Test func `a range is of the file as it is`() async throws {
        let answer = try await get("app.js", [.acceptEncoding: "gzip", .range: "bytes=0-2"])
        #expect(answer.status == .partialContent)
        #expect(answer.text == "let")
    }

    @Test func `a compressed file beside it comes first`() async throws {
        try directory.write("pretend brotli", to: "app.js.br")
        try directory.write("pretend gzip", to: "app.js.gz")
        let brotli = try await get("app.js", [.acceptEncoding: "gzip, br"])
        #expect(brotli.headers[.contentEncoding] == "br")
        #expect(brotli.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(brotli.text == "pretend brotli")
        let gzip = try await get("app.js", [.acceptEncoding: "gzip"])
        #expect(gzip.headers[.contentEncoding] == "gzip")
        #expect(gzip.text == "pretend gzip")
        #expect(try await get("app.js").text == script)
    }

    @Test func `a compressed file that is older than the file is not used`() async throws {
        try directory.write("stale", to: "app.js.br")
        try directory.setDate(784_111_777, of: "app.js.br")
        #expect(try await get("app.js", [.acceptEncoding: "br"]).text == script)
    }

    @Test func `a changed file is compressed again`() async throws {
        _ = try await get("app.js", [.acceptEncoding: "gzip"])
        let changed = String(repeating: "const gust = 'storm'\n", count: 5_000)
        try directory.write(changed, to: "app.js")
        exchange.loop.advanceTime(by: .seconds(1))
        #expect(try inflate(try await get("app.js", [.acceptEncoding: "gzip"]).bytes) == changed)
    }

    @Test func `what is kept stays within the bound`() async throws {
        let bounded = StaticFiles(directory.path, memory: 1 << 20)
        for number in 0..<200 {
            try directory.write(String(repeating: "\(number) ", count: 10_000), to: "\(number).txt")
            let request = try exchange.request("/", captures: [("path", "\(number).txt")])
            _ = try await exchange.answer(request, from: bounded)
            exchange.loop.advanceTime(by: .milliseconds(1))
            #expect(bounded.memoryInUse <= 1 << 20)
        }
        #expect(bounded.memoryInUse > 1 << 19)
    }

    @Test func `nothing is compressed that couldn't be kept`() async throws {
        let small = StaticFiles(directory.path, memory: 100_000)
        let request = try exchange.request("/app.js", [.acceptEncoding: "gzip"], captures: [("path", "app.js")])
        #expect(try await exchange.answer(request, from: small).headers[.contentEncoding] == nil)
    }
}
