import NIOCore
import Testing

@testable import GustHTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Hostile bodies and fields cost time in proportion to their length (CVE-2025-67725 and CVE-2025-67726 of Tornado).
@Suite(.serialized) struct LinearTimeTests {
    /// The CPU time of this thread that `body` takes, in nanoseconds; the shortest of three calls.
    private func time(_ body: () throws -> Void) rethrows -> Int {
        var shortest = Int.max
        for _ in 0..<3 {
            var begin = timespec()
            var end = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin)
            try body()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
            shortest = min(shortest, (end.tv_sec - begin.tv_sec) * 1_000_000_000 + end.tv_nsec - begin.tv_nsec)
        }
        return shortest
    }

    private func parse(_ content: String, repeated count: Int, piece: Int) throws {
        let boundary = try #require(MultipartBoundary("b"))
        var parser = MultipartParser(boundary, maximumParts: 10)
        let text = String(repeating: content, count: count)
        var body = ByteBuffer(string: "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\(text)\r\n--b--\r\n")
        while let bytes = body.readSlice(length: min(piece, max(1, body.readableBytes))), bytes.readableBytes > 0 {
            parser.receive(bytes)
            while let event = try parser.next(), event != .end {}
        }
        #expect(parser.isAtEnd)
    }

    @Test(arguments: [("x", 64), ("\r\n--", 64), ("\r\n", 1_024), ("\r\n-", 7), ("\r", 1_000)])
    func `a body four times as long takes about four times as long`(content: String, piece: Int) throws {
        let count = 40_000 / content.utf8.count
        let short = try time { try parse(content, repeated: count, piece: piece) }
        let long = try time { try parse(content, repeated: 4 * count, piece: piece) }
        // With a quadratic parser it would be 16 times as long.
        #expect(long < 10 * short + 1_000_000)
    }

    @Test(arguments: ["; a", "; a=\"\\\"\"", ";", "; a=b c"])
    func `a field with four times as many parameters takes about four times as long`(parameter: String) {
        let short = String(repeating: parameter, count: 500)
        let long = String(repeating: parameter, count: 2_000)
        let shortTime = time { for _ in 0..<4 { _ = FieldParameters("form-data\(short)") } }
        let longTime = time { for _ in 0..<4 { _ = FieldParameters("form-data\(long)") } }
        // Malformed fields are refused at their first parameter, in no time.
        #expect(longTime < 10 * shortTime + 1_000_000)
    }
}
