import NIOCore
import Testing

@testable import GustServer

/// The bytes of the PROXY protocol (HAProxy's `proxy-protocol.txt`, 2020-03-05).
@Suite struct ProxyHeaderTests {
    private static let signature = "0D0A0D0A000D0A515549540A"

    private static func hex(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// Reads a header; returns the address of the client as `address:port`, or `-`, and the bytes behind the header.
    private func read(_ bytes: [UInt8]) throws -> (client: String, rest: String)? {
        var buffer = ByteBuffer(bytes: bytes)
        guard let header = try ProxyHeader.read(&buffer) else {
            #expect(buffer.readableBytes == bytes.count)
            return nil
        }
        let client = header.client.map { "\($0.ipAddress ?? "?") \($0.port ?? -1)" } ?? "-"
        return (client, String(buffer: buffer))
    }

    private static let textHeaders: [(String, String)] = [
        ("PROXY TCP4 192.0.2.1 203.0.113.9 56324 443\r\n", "192.0.2.1 56324"),
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255 65535"),
        ("PROXY TCP6 2001:db8::1 2001:db8::2 0 80\r\n", "2001:db8::1 0"),
        ("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "::ffff:192.0.2.1 1"),
        ("PROXY UNKNOWN\r\n", "-"),
        ("PROXY UNKNOWN ff:ff 1 2 3 and anything\r\n", "-"),
    ]

    @Test(arguments: textHeaders)
    func `a header of version 1 names the client`(line: String, client: String) throws {
        let result = try #require(try read(Array((line + "GET /").utf8)))
        #expect(result.client == client)
        #expect(result.rest == "GET /")
    }

    private static let malformedTextHeaders: [(String, ProxyHeaderError)] = [
        ("GET / HTTP/1.1\r\n", ProxyHeaderError.signature),
        ("PROXY\tTCP4 1.2.3.4 1.2.3.4 1 2\r\n", .signature),
        ("proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", .signature),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", .signature),
        ("PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", .family),
        ("PROXY \r\n", .family),
        ("PROXY UNKNOWNX\r\n", .family),
        ("PROXY TCP4\r\n", .address),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", .address),
        ("PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n", .address),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", .address),
        ("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", .address),
        ("PROXY TCP4 1.2.3.04 1.2.3.4 1 2\r\n", .address),
        ("PROXY TCP4 ::1 ::1 1 2\r\n", .address),
        ("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", .address),
        ("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", .address),
        ("PROXY TCP4 1.2.3.4 1.2.3.x 1 2\r\n", .address),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", .port),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", .port),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1 +2\r\n", .port),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n", .port),
        ("PROXY UNKNOWN " + String(repeating: "x", count: 92) + "\r\n", .tooLong),
        (String(repeating: "PROXY ", count: 20), .tooLong),
    ]

    @Test(arguments: malformedTextHeaders)
    func `a malformed header of version 1 is refused with the reason`(line: String, error: ProxyHeaderError) {
        #expect(throws: error) { try read(Array(line.utf8)) }
    }

    @Test func `the longest header of version 1 has 107 bytes`() throws {
        let line = "PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n"
        #expect(line.utf8.count == 107)
        #expect(try read(Array(line.utf8))?.client == "-")
    }

    private static let binaryHeaders: [(String, String)] = [
        // PROXY, TCP over IPv4: 192.0.2.1:56324 to 203.0.113.9:443
        ("2111000CC0000201CB007109DC0401BB", "192.0.2.1 56324"),
        // PROXY, TCP over IPv6
        (
            "21210024" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002" + "00010050",
            "2001:db8::1 1"
        ),
        // The same as the first, with an extension of 5 bytes behind the addresses
        ("21110011C0000201CB007109DC0401BB0400026869", "192.0.2.1 56324"),
        // LOCAL, with and without bytes to skip, and with a family whose addresses are missing
        ("20000000", "-"), ("200000036162FF", "-"), ("20110000", "-"),
        // PROXY with an unspecified family; UDP; a Unix socket
        ("21000000", "-"), ("2112000CC0000201CB007109DC0401BB", "-"),
        ("213100D8" + String(repeating: "00", count: 216), "-"),
    ]

    @Test(arguments: binaryHeaders)
    func `a header of version 2 names the client`(header: String, client: String) throws {
        let result = try #require(try read(Self.hex(Self.signature + header) + Array("GET /".utf8)))
        #expect(result.client == client)
        #expect(result.rest == "GET /")
    }

    private static let malformedBinaryHeaders: [(String, ProxyHeaderError)] = [
        ("0D0A0D0A000D0A515549540B", ProxyHeaderError.signature),
        ("0D0A0D0A0A", .signature),
        (signature + "11", .version),
        (signature + "31", .version),
        (signature + "22", .command),
        (signature + "2113", .family),
        (signature + "2141", .family),
        (signature + "2111000B", .addressLength),
        (signature + "21210023", .addressLength),
        (signature + "21110FF1", .tooLong),
        (signature + "2000FFFF", .tooLong),
    ]

    @Test(arguments: malformedBinaryHeaders)
    func `a malformed header of version 2 is refused with the reason`(header: String, error: ProxyHeaderError) {
        #expect(throws: error) { try read(Self.hex(header)) }
    }

    @Test func `the longest header of version 2 has 4,096 bytes`() throws {
        let header = Self.hex(Self.signature + "20000FF0") + [UInt8](repeating: 7, count: 4_080)
        #expect(header.count == ProxyHeader.maximumBinary)
        #expect(try read(header)?.client == "-")
    }

    @Test(arguments: [
        Array("PROXY TCP6 2001:db8::1 2001:db8::2 1 80\r\n".utf8),
        hex(signature + "21110011C0000201CB007109DC0401BB0400026869"),
    ])
    func `each beginning of a header needs more bytes`(header: [UInt8]) throws {
        for count in 0..<header.count {
            let result = try read(Array(header[..<count]))
            #expect(result == nil)
        }
        let result = try read(header)
        #expect(result != nil)
    }
}
