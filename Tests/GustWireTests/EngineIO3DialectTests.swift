import NIOCore
import Testing

@testable import GustWire

/// Pages with socket.io-client 1.x and 2.x, whose polls differ from the protocol document; 1.x encodes
/// text in UTF-8 twice.
struct EngineIO3DialectTests {
    /// The payload codec of a client with this cache buster.
    private func payload(_ timestamp: String?) throws -> any PayloadCodec {
        let query = ["EIO": "3", "transport": "polling", "t": timestamp]
        let found = Revision.engineIO3.address(AddressParts(path: "/") { query[$0] ?? nil })
        let address = try #require(found)
        #expect(address.revision == .engineIO3)
        return address.revision.payload
    }

    private func decode(_ payload: any PayloadCodec, _ body: String) throws -> [String] {
        var frames: [String] = []
        try payload.decode(ByteBuffer(string: body), isBinary: false, limits: PayloadLimits()) { frame in
            if case .text(let text) = frame { frames.append(String(buffer: text)) }
        }
        return frames
    }

    @Test(
        arguments: [
            ("1795640077052-101", EngineIO3Dialect.earlyPage), ("1795640077052-0", .earlyPage),
            ("Q8KVFar", .page), ("Q8KU42-", .page), ("Q8KV6U1.0", .page), ("-_aB-_1.1a", .page),
            // Other clients.
            (nil, .standard), ("", .standard), ("1795640077052", .standard), ("1795640077.0519", .standard),
            ("1234567", .standard), ("Q8KVFar1", .standard), ("Q8KVFa", .standard), ("Q8KVF+r", .standard),
            ("1795640077052-", .standard), ("-1", .standard), ("1-1", .standard), ("1795640077052-1-1", .standard),
            ("1795640077052-x", .standard),
        ] as [(String?, EngineIO3Dialect)]
    )
    func `the cache buster identifies the client`(timestamp: String?, dialect: EngineIO3Dialect) {
        #expect(EngineIO3Dialect(timestamp: timestamp) == dialect)
    }

    @Test func `client 1.0 to 1.3 gets a binary payload even for text alone`() throws {
        let (body, isBinary) = try payload("1795640077052-1").encode(
            [.text(ByteBuffer(string: "2"))],
            supportsBinary: true
        )
        #expect(isBinary)
        //                                        text, 1 byte:  2
        #expect(Array(body.readableBytesView) == [0, 1, 0xFF, 0x32])
    }

    @Test func `client 1.4 to 2.x gets a binary payload if text isn't ASCII`() throws {
        let codec = try payload("Q8KVFar")
        let (body, isBinary) = codec.encode([.text(ByteBuffer(string: "4ü"))], supportsBinary: true)
        #expect(isBinary)
        //                                        text, 3 bytes: 4     ü
        #expect(Array(body.readableBytesView) == [0, 3, 0xFF, 0x34, 0xC3, 0xBC])
        let plain = codec.encode([.text(ByteBuffer(string: "4u"))], supportsBinary: true)
        #expect(!plain.isBinary && String(buffer: plain.body) == "2:4u")
        // Without such a cache buster the payload is text, as in the protocol document.
        let standard = try payload(nil).encode([.text(ByteBuffer(string: "4ü"))], supportsBinary: true)
        #expect(!standard.isBinary && String(buffer: standard.body) == "2:4ü")
    }

    @Test(arguments: ["1795640077052-1", "Q8KVFar"])
    func `text that was encoded in UTF-8 twice is decoded twice`(timestamp: String) throws {
        // `ü😀` is six bytes in UTF-8, and each byte was encoded as a character.
        let doubled = "4\u{C3}\u{BC}\u{F0}\u{9F}\u{98}\u{80}"
        #expect(try decode(payload(timestamp), "7:\(doubled)2:4x") == ["4ü😀", "4x"])
        #expect(try decode(payload(nil), "7:\(doubled)") == [doubled])
    }

    @Test func `text of client 2.x is decoded once`() throws {
        for text in ["4ü", "4ü😀", "4\u{C3}\u{BC}€", "4\u{C3}", "4\u{BC}\u{C3}", "4", "4ż", "4Ł€"] {
            #expect(try decode(payload("Q8KVFar"), "\(text.utf16.count):\(text)") == [text])
        }
    }

    @Test(arguments: ["1795640077052-1", "Q8KVFar"])
    func `a client that can't receive binary payloads gets ASCII escapes`(timestamp: String) throws {
        let codec = try payload(timestamp)
        func said(_ packet: String) -> String {
            String(buffer: codec.encode([.text(ByteBuffer(string: packet))], supportsBinary: false).body)
        }
        #expect(said(#"42/a,1["ü😀","x"]"#) == ##"32:42/a,1["\u00fc\ud83d\ude00","x"]"##)
        #expect(said(#"44{"message":"ü"}"#) == ##"22:44{"message":"\u00fc"}"##)
        // These aren't packets of Socket.IO.
        #expect(said("4ü") == "2:4ü")
        #expect(said("4ü[ü") == "4:4ü[ü")
        #expect(said(#"32["ü"]"#) == #"7:32["ü"]"#)
        let binary = codec.encode([.binary(ByteBuffer(bytes: [4, 1, 2, 3, 4]))], supportsBinary: false)
        #expect(String(buffer: binary.body) == "10:b4AQIDBA==")
    }
}
