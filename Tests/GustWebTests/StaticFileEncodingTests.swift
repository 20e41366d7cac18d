import Foundation
import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustFiles

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

    @Test func `text is compressed once for clients that accept gzip`() async throws {
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
        // The encoding is cached now, so neither a task nor zlib is needed.
        let request = try exchange.request("/app.js", [.acceptEncoding: "gzip"], captures: [("path", "app.js")])
        let second = try exchange.collect(try #require(try files.answer(request).immediateResponse))
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
    func `a client that doesn't accept gzip gets the uncompressed file`(field: String) async throws {
        let answer = try await get("app.js", [.acceptEncoding: field])
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.text == script)
    }

    @Test(arguments: ["tiny.js", "picture.png"])
    func `small files and pictures aren't compressed`(name: String) async throws {
        let answer = try await get(name, [.acceptEncoding: "gzip"])
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.headers[.vary] == nil)
    }

    @Test func `a range is a part of the uncompressed file`() async throws {
        let headers: HTTPFields = [.acceptEncoding: "gzip", .range: "bytes=0-2"]
        // This holds before and after the file was compressed: no encoding is made for a range, and none is used.
        let request = try exchange.request("/app.js", headers, captures: [("path", "app.js")])
        #expect(try files.answer(request).immediateResponse != nil)
        for _ in 0..<2 {
            let answer = try await get("app.js", headers)
            #expect(answer.status == .partialContent)
            #expect(answer.text == "let")
            _ = try await get("app.js", [.acceptEncoding: "gzip"])
        }
    }

    @Test func `a compressed file beside the file is preferred`() async throws {
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

    @Test func `cached bytes stay within the bound`() async throws {
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

    @Test func `a file that couldn't be cached isn't compressed`() async throws {
        let small = StaticFiles(directory.path, memory: 100_000)
        let request = try exchange.request("/app.js", [.acceptEncoding: "gzip"], captures: [("path", "app.js")])
        #expect(try await exchange.answer(request, from: small).headers[.contentEncoding] == nil)
    }

    @Test func `a file that gzip doesn't shorten is sent uncompressed, and isn't compressed again`() async throws {
        var generator = SystemRandomNumberGenerator()
        try directory.write(
            Data((0..<2_000).map { _ in UInt8.random(in: 0...255, using: &generator) }),
            to: "noise.txt"
        )
        #expect(try await get("noise.txt", [.acceptEncoding: "gzip"]).headers[.contentEncoding] == nil)
        let request = try exchange.request("/", [.acceptEncoding: "gzip"], captures: [("path", "noise.txt")])
        #expect(try files.answer(request).immediateResponse != nil)
    }

    @Test func `an unchanged file isn't compressed again after it was checked`() async throws {
        _ = try await get("app.js", [.acceptEncoding: "gzip"])
        exchange.loop.advanceTime(by: .seconds(2))
        let request = try exchange.request("/", [.acceptEncoding: "gzip"], captures: [("path", "app.js")])
        #expect(try files.answer(request).immediateResponse != nil)
    }

    @Test func `a compressed file beside the file gets its date, and replaces compression`() async throws {
        try directory.write("pretend gzip", to: "app.js.gz")
        try directory.setDate(784_111_777, of: "app.js")
        let request = try exchange.request("/", [.acceptEncoding: "gzip"], captures: [("path", "app.js")])
        let answer = try exchange.collect(try #require(try files.answer(request).immediateResponse))
        #expect(answer.text == "pretend gzip")
        #expect(answer.headers[.lastModified] == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(answer.headers[.acceptRanges] == nil)
        #expect(try await get("app.js").headers[.vary] == "Accept-Encoding")
        #expect(try await get("app.js").headers[.eTag] != answer.headers[.eTag])
    }

    @Test func `a new, changed or removed compressed file is noticed after a second`() async throws {
        _ = try await get("app.js", [.acceptEncoding: "br"])
        for text in ["first", "second"] {
            try directory.write(text, to: "app.js.br")
            exchange.loop.advanceTime(by: .seconds(1))
            #expect(try await get("app.js", [.acceptEncoding: "br"]).text == text)
        }
        try FileManager.default.removeItem(atPath: directory.path + "/app.js.br")
        exchange.loop.advanceTime(by: .seconds(1))
        #expect(try await get("app.js", [.acceptEncoding: "br"]).text == script)
    }

    @Test func `neither a directory nor a file beside a picture is used as an encoding`() async throws {
        try directory.write("x", to: "app.js.br/index.html")
        #expect(try await get("app.js", [.acceptEncoding: "br"]).text == script)
        try directory.write("pretend gzip", to: "picture.png.gz")
        #expect(try await get("picture.png", [.acceptEncoding: "gzip"]).text == script)
    }

    @Test func `compression can be turned off, and files over 4 MiB aren't compressed`() async throws {
        let plain = StaticFiles(directory.path, compresses: false)
        let request = try exchange.request("/", [.acceptEncoding: "gzip"], captures: [("path", "app.js")])
        let answer = try await exchange.answer(request, from: plain)
        #expect(answer.headers[.contentEncoding] == nil)
        #expect(answer.headers[.vary] == nil)
        for (size, coding) in [(4 << 20, "gzip"), (4 << 20 + 1, nil)] {
            try directory.write(Data(repeating: 0x61, count: size), to: "\(size).txt")
            #expect(try await get("\(size).txt", [.acceptEncoding: "gzip"]).headers[.contentEncoding] == coding)
        }
    }

    @Test func `a list of codings can be sent in several fields`() async throws {
        var headers = HTTPFields()
        headers[values: .acceptEncoding] = ["br", "gzip"]
        #expect(try await get("app.js", headers).headers[.contentEncoding] == "gzip")
    }

    @Test func `a large compressed file is sent instead of the file beside it`() async throws {
        let packed = String(repeating: "pretend brotli ", count: 5_000)
        try directory.write(packed, to: "app.js.br")
        let answer = try await get("app.js", [.acceptEncoding: "br"])
        #expect(answer.isStreamed)
        #expect(answer.text == packed)
    }

    @Test func `HEAD doesn't compress, and leaves out fields that GET would change`() async throws {
        let request = try exchange.request(
            "/app.js",
            [.acceptEncoding: "gzip"],
            method: .head,
            captures: [("path", "app.js")]
        )
        let response = try #require(try files.answer(request).immediateResponse)
        #expect(response.headers[.contentEncoding] == nil)
        #expect(response.headers[.vary] == "Accept-Encoding")
        #expect(response.headers[.eTag] == nil)
        let head = try await exchange.answer(request, from: files)
        #expect(head.isStreamed)
        #expect(head.bytes.readableBytes == 0)
        let get = try await get("app.js", [.acceptEncoding: "gzip"])
        #expect(try await exchange.answer(request, from: files).headers == get.headers)
    }

    @Test func `compression of files that don't fit in memory is bounded`() async throws {
        // Two scripts, of which only one fits in memory.
        let long = String(repeating: script, count: 20)
        for name in ["a.js", "b.js", "c.js"] {
            try directory.write(long + String(UInt64.random(in: 0...(.max))), to: name)
        }
        let small = StaticFiles(directory.path, memory: long.utf8.count * 4 + 100)
        var encoded = 0
        for round in 0..<60 {
            let name = ["a.js", "b.js", "c.js"][round % 3]
            let request = try exchange.request("/", [.acceptEncoding: "gzip"], captures: [("path", name)])
            if try await exchange.answer(request, from: small).headers[.contentEncoding] == "gzip" { encoded += 1 }
            small.store.cache.remove(name)
        }
        #expect(encoded == (32 << 20) / (long.utf8.count + 20))
    }

    @Test(arguments: [
        "gz\u{131}p", "g\u{200D}zip", "gzip\u{301}", "gzip;q=0\u{301}", "gzip;q=0x1", "gzip;q=nan", "gzip;q=inf",
        "gzip;q=-1",
        "gzip;q=1e9", "gzip;q=0,\u{600}gzip", "\u{600},gzip;q=0", "gzip;q=0.000", ";gzip", ";q=1,gzip;q=0",
        "gzip,gzip;q=0", "\"gzip\"", "gzip gzip", "gzip;q=", "gzip;q=1.0.0",
    ])
    func `a coding other than gzip, or an invalid weight, doesn't allow gzip`(field: String) {
        #expect(AcceptedEncodings(field).preferred(among: ["gzip"]) == nil)
    }

    @Test(arguments: ["\u{600},gzip", "br\u{301},gzip", "x-gzip", "GZIP;Q=0.5", "gzip\t; q=1.0", "*", "a=\"b,\", gzip"])
    func `a coding is found beside any other text`(field: String) {
        #expect(AcceptedEncodings(field).preferred(among: ["gzip"]) == "gzip")
    }

    @Test(arguments: [
        ("gzip, br, zstd", "br"), ("gzip, zstd", "zstd"), ("zstd;q=0, gzip", "gzip"), ("*", "br"),
        ("br;q=0.1, zstd;q=0.9", "zstd"), ("br;q=0, zstd;q=0, gzip;q=0, *", nil), ("identity;q=0, zstd", "zstd"),
        ("", nil), ("deflate", nil),
    ])
    func `a compressed file beside the file is chosen by the weights`(accepted: String, coding: String?) async throws {
        for ending in ["br", "zst", "gz"] { try directory.write(ending, to: "app.js.\(ending)") }
        let answer = try await get("app.js", [.acceptEncoding: accepted])
        #expect(answer.headers[.contentEncoding] == coding)
        #expect(answer.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(answer.headers[.vary] == "Accept-Encoding")
        let text = ["br": "br", "zstd": "zst", "gzip": "gz"]
        #expect(answer.text == (coding.flatMap { text[$0] } ?? script))
        let tag = try #require(answer.headers[.eTag])
        #expect(try await get("app.js", [.acceptEncoding: accepted, .ifNoneMatch: tag]).status == .notModified)
    }

    @Test func `each side file has a tag of its own, and a range is one of the file itself`() async throws {
        for ending in ["br", "zst", "gz"] { try directory.write(ending, to: "app.js.\(ending)") }
        var tags: Set<String> = []
        for coding in ["br", "zstd", "gzip", "identity"] {
            tags.insert(try #require(try await get("app.js", [.acceptEncoding: coding]).headers[.eTag]))
        }
        #expect(tags.count == 4)
        let part = try await get("app.js", [.acceptEncoding: "zstd", .range: "bytes=0-3"])
        #expect(part.status == .partialContent)
        #expect(part.headers[.contentEncoding] == nil)
        #expect(part.text == "let ")
    }
}
