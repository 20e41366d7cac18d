#if Redis
import NIOCore
import Testing

@testable import GustRedis

/// The bytes of RESP, and the values that they stand for.
@Suite struct RESPParserTests {
    /// The values of `bytes`, which arrive in pieces of `pieceLength` bytes.
    private func values(
        _ bytes: String,
        _ pieceLength: Int = .max,
        _ limits: RESPLimits = RESPLimits()
    ) throws(RESPError) -> [RESPValue] {
        var parser = RESPParser(limits)
        var rest = ByteBuffer(string: bytes)
        var values: [RESPValue] = []
        while rest.readableBytes > 0 {
            guard var piece = rest.readSlice(length: min(pieceLength, rest.readableBytes)) else { break }
            while let value = try parser.next(&piece) { values.append(value) }
            #expect(piece.readableBytes == 0)
        }
        return values
    }

    private static let samples: [(String, RESPValue)] = [
        ("+OK\r\n", .simpleString("OK")),
        ("-ERR no\r\n", .error("ERR no")),
        (":-12\r\n", .integer(-12)),
        ("$5\r\na\r\nbc\r\n", .bulkString("a\r\nbc")),
        ("$0\r\n\r\n", .bulkString("")),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        ("*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", .array([.integer(1), .array([.bulkString("x")])])),
        ("_\r\n", .null),
        ("#t\r\n", .boolean(true)),
        (",-1.5\r\n", .double(-1.5)),
        (",inf\r\n", .double(.infinity)),
        ("(-12345678901234567890\r\n", .bigNumber("-12345678901234567890")),
        ("!6\r\nERR no\r\n", .error("ERR no")),
        ("=6\r\ntxt:hi\r\n", .verbatimString("txt:hi")),
        ("%1\r\n+a\r\n:1\r\n", .map([.simpleString("a"), .integer(1)])),
        ("~1\r\n:1\r\n", .set([.integer(1)])),
        (
            ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\np\r\n",
            .push([.bulkString("message"), .bulkString("c"), .bulkString("p")])
        ),
        ("|1\r\n+ttl\r\n:3\r\n:1\r\n", .integer(1)),
        ("*2\r\n|1\r\n+a\r\n*1\r\n:0\r\n:1\r\n:2\r\n", .array([.integer(1), .integer(2)])),
    ]

    @Test(arguments: samples) func `each type of RESP2 and RESP3 is read`(_ bytes: String, _ value: RESPValue) throws {
        #expect(try values(bytes) == [value])
    }

    @Test func `values are the same in pieces of any length`() throws {
        let bytes = RESPParserTests.samples.map(\.0).joined()
        for length in 1...40 { #expect(try values(bytes, length) == RESPParserTests.samples.map(\.1)) }
    }

    @Test func `nothing is returned before a value is complete`() throws {
        for (bytes, _) in RESPParserTests.samples { #expect(try values(String(bytes.dropLast())).isEmpty) }
    }

    @Test(arguments: [
        ("?\r\n", RESPError.unknownType(UInt8(ascii: "?"))),
        ("HTTP/1.1 400 Bad Request\r\n", .unknownType(UInt8(ascii: "H"))),
        ("+a\n", .brokenLine),
        ("+a\rb\r\n", .brokenLine),
        (":\r\n", .malformedLine(type: UInt8(ascii: ":"))),
        (":1x\r\n", .malformedLine(type: UInt8(ascii: ":"))),
        (":9223372036854775808\r\n", .malformedLine(type: UInt8(ascii: ":"))),
        ("#x\r\n", .malformedLine(type: UInt8(ascii: "#"))),
        (",0x1\r\n", .malformedLine(type: UInt8(ascii: ","))),
        ("(1.5\r\n", .malformedLine(type: UInt8(ascii: "("))),
        ("_x\r\n", .malformedLine(type: UInt8(ascii: "_"))),
        ("$-2\r\n", .malformedLength),
        ("$?\r\n", .malformedLength),
        ("!-1\r\n", .malformedLength),
        ("%-1\r\n", .malformedLength),
        ("$1\r\nabc", .missingTerminator),
        ("=3\r\nabc\r\n", .missingFormat),
        ("*1\r\n>1\r\n", .unknownType(UInt8(ascii: ">"))),
    ]) func `malformed bytes are an error with its reason`(_ bytes: String, _ error: RESPError) {
        #expect(throws: error) { try values(bytes) }
        #expect(throws: error) { try values(bytes, 1) }
    }

    @Test func `every bound is kept before memory is used`() {
        var limits = RESPLimits()
        limits.stringBytes = 10
        limits.elements = 6
        limits.depth = 2
        limits.replyBytes = 40
        #expect(throws: RESPError.stringTooLong(limit: 10)) { try values("$11\r\n", 1, limits) }
        #expect(throws: RESPError.stringTooLong(limit: 10)) { try values("+12345678901", 1, limits) }
        #expect(throws: RESPError.tooManyElements(limit: 6)) { try values("*7\r\n", 1, limits) }
        #expect(throws: RESPError.tooManyElements(limit: 6)) { try values("%9223372036854775807\r\n", 1, limits) }
        #expect(throws: RESPError.tooManyElements(limit: 6)) {
            try values("*2\r\n*3\r\n:1\r\n:1\r\n:1\r\n*1\r\n", 1, limits)
        }
        #expect(throws: RESPError.tooDeep(limit: 2)) { try values("*1\r\n*1\r\n*1\r\n", 1, limits) }
        #expect(throws: RESPError.replyTooLong(limit: 40)) {
            try values("*5\r\n$9\r\n123456789\r\n$9\r\n123456789\r\n$9\r\n", 1, limits)
        }
    }

    @Test func `the bounds are those of one reply, not of the connection`() throws {
        var limits = RESPLimits()
        limits.elements = 3
        limits.replyBytes = 30
        let bytes = String(repeating: "*2\r\n:1\r\n:2\r\n", count: 10)
        #expect(try values(bytes, 7, limits).count == 10)
    }
}
#endif
