import Foundation
import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustFiles

@Suite struct StaticFileConditionTests {
    let directory: TemporaryDirectory
    let exchange = Exchange()
    let files: StaticFiles
    static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("0123456789", to: "digits.bin")
        try directory.write(Data((0..<100_000).map { UInt8($0 % 251) }), to: "large.bin")
        try directory.setDate(784_111_777, of: "digits.bin")
        files = StaticFiles(directory.path)
    }

    private func get(
        _ name: String = "digits.bin",
        _ headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get
    ) async throws -> Exchange.Answer {
        let request = try exchange.request("/\(name)", headers, method: method, captures: [("path", name)])
        return try await exchange.answer(request, from: files)
    }

    @Test func `a request with the current tag gets 304 without a body`() async throws {
        let tag = try #require(try await get().headers[.eTag])
        for field in [tag, "W/\(tag)", "\"a,b\", \(tag)", "*"] {
            let answer = try await get("digits.bin", [.ifNoneMatch: field])
            #expect(answer.status == .notModified)
            #expect(answer.bytes.readableBytes == 0)
            #expect(answer.headers[.eTag] == tag)
            #expect(answer.headers[.contentType] == nil)
        }
        #expect(try await get("digits.bin", [.ifNoneMatch: "\"other\""]).status == .ok)
    }

    @Test func `If-None-Match takes precedence over If-Modified-Since`() async throws {
        let headers: HTTPFields = [.ifNoneMatch: "\"other\"", .ifModifiedSince: Self.date]
        #expect(try await get("digits.bin", headers).status == .ok)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 304), ("Sunday, 06-Nov-94 08:49:37 GMT", 304),
        ("Sun Nov  6 08:49:37 1994", 304), ("Sun, 06 Nov 1994 08:49:36 GMT", 200), ("yesterday", 200),
    ])
    func `a request with the current date gets 304`(field: String, status: Int) async throws {
        #expect(try await get("digits.bin", [.ifModifiedSince: field]).status.code == status)
    }

    @Test func `a precondition that fails is 412`() async throws {
        let tag = try #require(try await get().headers[.eTag])
        #expect(try await get("digits.bin", [.ifMatch: "\"other\""]).status == .preconditionFailed)
        #expect(try await get("digits.bin", [.ifMatch: "W/\(tag)"]).status == .preconditionFailed)
        #expect(try await get("digits.bin", [.ifMatch: "\"other\", \(tag)"]).status == .ok)
        let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"
        #expect(try await get("digits.bin", [.ifUnmodifiedSince: earlier]).status == .preconditionFailed)
        #expect(try await get("digits.bin", [.ifUnmodifiedSince: Self.date]).status == .ok)
    }

    @Test(arguments: [
        ("bytes=0-3", "0123", "bytes 0-3/10"), ("bytes=7-", "789", "bytes 7-9/10"), ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=-99", "0123456789", "bytes 0-9/10"), ("bytes=9-9223372036854775807", "9", "bytes 9-9/10"),
        ("bytes=9-99999999999999999999999", "9", "bytes 9-9/10"), ("BYTES= 1-1 ,", "1", "bytes 1-1/10"),
    ])
    func `a part is sent with its Content-Range`(field: String, text: String, place: String) async throws {
        let answer = try await get("digits.bin", [.range: field])
        #expect(answer.status == .partialContent)
        #expect(answer.text == text)
        #expect(answer.headers[.contentRange] == place)
    }

    @Test(arguments: [
        "bytes=3-1", "bytes=a-b", "bytes", "bytes=", "lines=0-1", "bytes=--1", "bytes=-", "bytes=0-9,0-9",
        "bytes=" + Array(repeating: "0-0", count: 17).joined(separator: ","),
    ])
    func `a range that is malformed or abusive is ignored`(field: String) async throws {
        let answer = try await get("digits.bin", [.range: field])
        #expect(answer.status == .ok)
        #expect(answer.text == "0123456789")
    }

    @Test(arguments: ["bytes=10-", "bytes=-0", "bytes=99999999999999999999999-"])
    func `a range past the end is 416 with the length`(field: String) async throws {
        let answer = try await get("digits.bin", [.range: field])
        #expect(answer.status == .rangeNotSatisfiable)
        #expect(answer.headers[.contentRange] == "bytes */10")
    }

    @Test(arguments: [("digits.bin", 10), ("large.bin", 100_000)])
    func `several parts are sent in one multipart body`(name: String, length: Int) async throws {
        let answer = try await get(name, [.range: "bytes=0-1,-3"])
        #expect(answer.status == .partialContent)
        let type = try #require(answer.headers[.contentType])
        let boundary = try #require(type.split(separator: "boundary=").last)
        if answer.isStreamed { #expect(answer.headers[.contentLength] == String(answer.bytes.readableBytes)) }
        let whole = try await get(name).bytes
        var expected = ByteBuffer()
        for range in [0..<2, length - 3..<length] {
            expected.writeString("\r\n--\(boundary)\r\nContent-Type: application/octet-stream\r\n")
            expected.writeString("Content-Range: bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)\r\n\r\n")
            expected.writeBytes(try #require(whole.getBytes(at: range.lowerBound, length: range.count)))
        }
        expected.writeString("\r\n--\(boundary)--\r\n")
        #expect(answer.bytes == expected)
    }

    @Test func `a part of a large file is sent by the operating system`() async throws {
        let answer = try await get("large.bin", [.range: "bytes=251-253"])
        #expect(answer.isStreamed)
        #expect(answer.headers[.contentLength] == "3")
        #expect(answer.bytes == ByteBuffer(bytes: [0, 1, 2]))
    }

    @Test func `if If-Range doesn't match, the whole file is sent`() async throws {
        let tag = try #require(try await get().headers[.eTag])
        for (field, status) in [(tag, 206), (Self.date, 206), ("\"other\"", 200), ("W/\(tag)", 200), ("*", 200)]
            + [("Sun, 06 Nov 1994 08:49:36 GMT", 200), ("Sun, 06 Nov 1994 08:49:38 GMT", 200)]
        {
            let answer = try await get("digits.bin", [.range: "bytes=0-0", .ifRange: field])
            #expect(answer.status.code == status)
        }
    }

    @Test func `HEAD has the fields of GET and ignores ranges`() async throws {
        let answer = try await get("large.bin", [.range: "bytes=0-0"], method: .head)
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentLength] == "100000")
    }

    @Test func `the parts of any range field lie within the file`() async throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("bytes=0123456789-, ")
        for _ in 0..<2_000 {
            let tail = (0..<Int.random(in: 0...30)).compactMap { _ in alphabet.randomElement(using: &generator) }
            let field = "bytes=" + String(tail)
            switch ByteRanges(field, length: 10) {
            case .whole, .unsatisfiable: break
            case .parts(let parts):
                #expect(parts.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= 10 }, "\(field)")
                #expect(parts.reduce(0) { $0 + $1.count } <= 10)
            }
        }
    }

    @Test func `a range of an empty file is 416`() async throws {
        try directory.write("", to: "empty.bin")
        for field in ["bytes=-5", "bytes=0-"] {
            let answer = try await get("empty.bin", [.range: field])
            #expect(answer.status == .rangeNotSatisfiable)
            #expect(answer.headers[.contentRange] == "bytes */0")
        }
    }

    @Test func `a range field with too many parts or too many bytes is ignored`() async throws {
        for (count, status) in [(16, 206), (17, 200)] {
            let field = "bytes=" + Array(repeating: "0-0", count: count).joined(separator: ",")
            #expect(try await get("large.bin", [.range: field]).status.code == status)
        }
        for (length, status) in [(1_024, 206), (1_025, 200)] {
            let field = "bytes=" + String(repeating: " ", count: length - 9) + "0-1"
            #expect(try await get("digits.bin", [.range: field]).status.code == status)
        }
    }

    @Test func `If-Match takes precedence over If-Unmodified-Since, and a star matches any file`() async throws {
        let tag = try #require(try await get().headers[.eTag])
        let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"
        #expect(try await get("digits.bin", [.ifMatch: tag, .ifUnmodifiedSince: earlier]).status == .ok)
        #expect(try await get("digits.bin", [.ifMatch: "*"]).status == .ok)
        #expect(try await get("digits.bin", [.ifUnmodifiedSince: "yesterday"]).status == .ok)
    }

    @Test func `a list of tags can be sent in several fields`() async throws {
        let tag = try #require(try await get().headers[.eTag])
        for (name, status) in [(HTTPField.Name.ifNoneMatch, 304), (.ifMatch, 200)] {
            for tags in [["\"other\"", tag], [tag, "\"other\""]] {
                var headers = HTTPFields()
                headers[values: name] = tags
                #expect(try await get("digits.bin", headers).status.code == status)
            }
        }
    }

    @Test func `a comma inside a tag doesn't split it, and a weak tag never matches strongly`() {
        #expect(EntityTag.isListed("\"a,b\"", in: "\"x\", W/\"a,b\""))
        #expect(EntityTag.isListedStrongly("\"a,b\"", in: "\"x\", \"a,b\""))
        #expect(!EntityTag.isListed("\"a", in: "\"a,b\""))
        #expect(EntityTag.isListed("W/\"a\"", in: "\"a\""))
        #expect(!EntityTag.isListedStrongly("W/\"a\"", in: "W/\"a\""))
    }

    @Test func `tags are compared by bytes`() async throws {
        for (tag, other) in [("\"\u{E9}\"", "\"e\u{301}\""), ("\"\u{212A}\"", "\"K\""), ("\"k\"", "\"K\"")] {
            #expect(!EntityTag.isListed(tag, in: other))
            #expect(!EntityTag.isListedStrongly(tag, in: "\"x\", " + other))
            #expect(!EntityTag.isSameStrongly(tag, other))
        }
        // A mark beside a comma, a star or a prefix doesn't hide it.
        let tag = try #require(try await get().headers[.eTag])
        #expect(EntityTag.isListed(tag, in: "\"a\u{600}\",\(tag)"))
        #expect(!EntityTag.isListed(tag, in: "*\u{301}"))
        #expect(EntityTag.isListed("W/\"\u{301}\"", in: "\"\u{301}\""))
    }

    @Test func `If-Range with several tags, and repeated fields, don't match`() async throws {
        let tag = try #require(try await get().headers[.eTag])
        #expect(try await get("digits.bin", [.range: "bytes=0-0", .ifRange: "\"x\", \(tag)"]).status == .ok)
        for (name, value) in [(HTTPField.Name.range, "bytes=0-0"), (.ifRange, tag)] {
            var headers: HTTPFields = [.range: "bytes=0-0", .ifRange: tag]
            headers.append(HTTPField(name: name, value: value))
            #expect(try await get("digits.bin", headers).status == .ok)
        }
        var headers: HTTPFields = [.ifModifiedSince: Self.date]
        headers.append(HTTPField(name: .ifModifiedSince, value: Self.date))
        #expect(try await get("digits.bin", headers).status == .ok)
    }

    @Test func `a date doesn't match If-Range in the second in which the file was modified`() throws {
        var headers: HTTPFields = [.range: "bytes=0-0", .ifRange: Self.date]
        let modified = try #require(HTTPDate(Self.date))
        func ranges(_ now: Int) throws -> ByteRanges {
            RequestConditions(try exchange.request("/digits.bin", headers))
                .ranges(tag: "\"a\"", modified: modified, length: 10, now: HTTPDate(seconds: modified.seconds + now))
        }
        #expect(try ranges(1) == .parts([0..<1]))
        #expect(try ranges(0) == .whole)
        #expect(try ranges(-1) == .whole)
        headers[.ifRange] = "\"a\""
        #expect(try ranges(0) == .parts([0..<1]))
    }

    @Test func `a file that was just modified has a tag but no date`() async throws {
        for ahead in [5, 100_000] {
            try directory.setDate(Int(Date().timeIntervalSince1970) + ahead, of: "digits.bin")
            let request = try exchange.request("/digits.bin", captures: [("path", "digits.bin")])
            let answer = try await exchange.answer(request, from: StaticFiles(directory.path))
            #expect(answer.headers[.lastModified] == nil)
            #expect(answer.headers[.eTag] != nil)
        }
    }
}
