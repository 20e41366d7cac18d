import GustClientWire
import GustWire
import NIOCore
import Testing

/// What a server sends first, by servers that keep the protocol and by others.
@Suite struct ServerGreetingTests {
    private func read(_ text: String, _ revision: Revision = .engineIO4) throws(WireError) -> ServerGreeting {
        try ServerGreeting.read(.text(ByteBuffer(string: text)), of: revision)
    }

    private func problem(_ body: () throws -> ServerGreeting) -> WireError.Problem? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? WireError)?.problem
        }
    }

    private static func open(
        sid: String = #""lv_VI97HAXpY6yYWAAAC""#,
        upgrades: String = #"["websocket"]"#,
        interval: String = "25000",
        timeout: String = "20000",
        more: String = #","maxPayload":1000000"#
    ) -> String {
        #"0{"sid":\#(sid),"upgrades":\#(upgrades),"pingInterval":\#(interval),"pingTimeout":\#(timeout)\#(more)}"#
    }

    // MARK: 1.x and later

    @Test func `the OPEN packet of Engine.IO 4 has all values`() throws {
        // engine.io-protocol v4, "Handshake".
        let greeting = try read(Self.open())
        #expect(greeting.sid == "lv_VI97HAXpY6yYWAAAC")
        #expect(greeting.rest == nil)
        #expect(
            greeting.handshake
                == Handshake(
                    sid: "lv_VI97HAXpY6yYWAAAC",
                    upgrades: ["websocket"],
                    pingInterval: .seconds(25),
                    pingTimeout: .seconds(20),
                    maximumPayload: 1_000_000
                )
        )
    }

    @Test func `the OPEN packet of Engine.IO 3 has no limit of payloads`() throws {
        let handshake = try #require(try read(Self.open(upgrades: "[]", more: ""), .engineIO3).handshake)
        #expect(handshake.maximumPayload == 1_000_000)
        #expect(handshake.upgrades.isEmpty)
    }

    @Test(arguments: [Revision.engineIO4, .engineIO3])
    func `a client reads what our server writes`(revision: Revision) throws {
        let handshake = Handshake(
            sid: "abc",
            upgrades: ["websocket"],
            pingInterval: .milliseconds(1),
            pingTimeout: .seconds(86_400),
            maximumPayload: 1_000_000
        )
        var text = ByteBuffer()
        revision.makeCodec(.engineIO, PayloadLimits()).encode(.open(handshake), into: &text)
        #expect(try ServerGreeting.read(.text(text), of: revision).handshake == handshake)
    }

    @Test func `unknown members are ignored, and the last of two members counts`() throws {
        let text = Self.open(more: #","x":{"sid":"no"},"sid":"b\u0063","maxPayload":5"#)
        let greeting = try read(text)
        #expect(greeting.sid == "bc")
        #expect(greeting.handshake?.maximumPayload == 5)
    }

    @Test(arguments: [
        open(sid: "null"), open(sid: "7"), open(sid: #""""#), open(sid: #""a b""#), open(sid: #""a\r\nb""#),
        open(sid: #""é""#), open(sid: "\"\(String(repeating: "a", count: 257))\""), open(interval: "0"),
        open(interval: "-1"), open(interval: "86400001"), open(interval: "1e3"), open(interval: "\"25000\""),
        open(timeout: "0"), open(timeout: "99999999999999999999"), open(timeout: "null"), open(upgrades: "null"),
        open(upgrades: "[7]"), open(upgrades: #""websocket""#), open(upgrades: "{}"),
        open(upgrades: "[\(Array(repeating: #""a""#, count: 17).joined(separator: ","))]"),
        open(more: #","maxPayload":0"#), open(more: #","maxPayload":null"#), open(more: #","maxPayload":-5"#),
        #"0{"sid":"a"}"#, "0{}", "0[]", "07", #"0"sid""#,
    ])
    func `an OPEN packet with a value that is missing or out of range is refused`(text: String) {
        #expect(problem { try read(text) } == .invalidPayload)
    }

    @Test(
        arguments: [
            ("", .empty), ("4hello", .unknownType), ("1", .unknownType), ("0", .invalidJSON), ("0{", .invalidJSON),
            (#"0{"sid":"a"}x"#, .invalidJSON), ("0" + String(repeating: "[", count: 70), .tooDeep),
        ] as [(String, WireError.Problem)]
    )
    func `another packet, and text that isn't JSON, is refused`(text: String, expected: WireError.Problem) {
        #expect(problem { try read(text) } == expected)
    }

    @Test func `bytes, text that isn't UTF-8, and an endless packet are refused`() {
        #expect(
            problem { try ServerGreeting.read(.binary(ByteBuffer(string: "0{}")), of: .engineIO4) } == .unexpectedFrame
        )
        #expect(
            problem { try ServerGreeting.read(.text(ByteBuffer(bytes: [0x30, 0xFF])), of: .engineIO4) } == .invalidUTF8
        )
        #expect(problem { try read("0" + String(repeating: " ", count: 65_536)) } == .tooLong)
    }

    @Test func `a sid may have 256 bytes, and an OPEN packet 16 upgrades`() throws {
        let sid = String(repeating: "a", count: 256)
        let upgrades = "[\(Array(repeating: #""a""#, count: 16).joined(separator: ","))]"
        let greeting = try read(Self.open(sid: "\"\(sid)\"", upgrades: upgrades))
        #expect(greeting.sid == sid)
        #expect(greeting.handshake?.upgrades.count == 16)
    }

    // MARK: 0.6

    @Test func `the first message of 0.6 is the sid, and messages may follow it`() throws {
        let alone = try read("~m~5~m~12345", .socketIO06)
        #expect(alone.sid == "12345")
        #expect(alone.handshake == nil)
        #expect(alone.rest == nil)
        let followed = try read("~m~26~m~abcdefghijklmnopqrstuvwxyz~m~2~m~hi", .socketIO06)
        #expect(followed.sid == "abcdefghijklmnopqrstuvwxyz")
        #expect(followed.rest == ByteBuffer(string: "~m~2~m~hi"))
    }

    @Test(arguments: [
        "", "~m~", "~m~5~m~1234", "~m~0~m~", "~m~99999999999~m~1", "~m~-1~m~1", "~m~3~m~a b", "~m~1~m~é", "5~m~12345",
    ])
    func `a first message of 0.6 that isn't a sid is refused`(text: String) {
        #expect(problem { try read(text, .socketIO06) } == .malformed)
    }

    // MARK: 0.9

    private func reply(_ text: String) throws(WireError) -> ServerGreeting {
        try ServerGreeting.read(handshakeReply: ByteBuffer(string: text))
    }

    @Test func `the handshake of 0.9 has times in seconds and the transports`() throws {
        let greeting = try reply("4d4f185e96a7b:15:25:websocket,xhr-polling")
        #expect(greeting.sid == "4d4f185e96a7b")
        #expect(greeting.handshake?.pingInterval == .zero)
        #expect(greeting.handshake?.pingTimeout == .seconds(15))
        #expect(greeting.handshake?.closeTimeout == .seconds(25))
        #expect(greeting.handshake?.transports == ["websocket", "xhr-polling"])
        #expect(greeting.handshake?.maximumPayload == 1_000_000)
    }

    @Test(arguments: [("a::25:", 25, 25), ("a:15::", 15, 15), ("a:::", 86_400, 86_400)])
    func `a time of 0.9 may be empty`(text: String, timeout: Int, close: Int) throws {
        let handshake = try #require(try reply(text).handshake)
        #expect(handshake.pingTimeout == .seconds(timeout))
        #expect(handshake.closeTimeout == .seconds(close))
        #expect(handshake.transports.isEmpty)
    }

    @Test(arguments: [
        "", "a", "a:15:25", "a:15:25:websocket:x", ":15:25:websocket", "a b:15:25:websocket", "a:0:25:websocket",
        "a:15:86401:websocket", "a:-1:25:websocket", "a:+1:25:websocket", "a:1.5:25:websocket",
        "a:99999999999999999999:25:websocket", "a:15:25:web socket", "a:15:25:websocket\n",
        "a:15:25:" + Array(repeating: "x", count: 17).joined(separator: ","),
    ])
    func `a handshake of 0.9 with parts that are missing or out of range is refused`(text: String) {
        #expect(problem { try reply(text) } == .malformed)
    }

    @Test func `an endless handshake of 0.9 is refused, and a frame of 0.9 isn't a greeting`() {
        #expect(problem { try reply(String(repeating: "a", count: 65_537)) } == .tooLong)
        #expect(problem { try read("1::", .socketIO09) } == .unexpectedFrame)
    }

    @Test func `a client reads the handshake of our server of 0.9`() throws {
        let handshake = Handshake(
            sid: "42",
            upgrades: [],
            pingInterval: .seconds(25),
            pingTimeout: .seconds(60),
            maximumPayload: 1,
            transports: ["websocket"],
            closeTimeout: .seconds(60)
        )
        let text = try #require(Revision.socketIO09.handshakeReply?(handshake))
        let greeting = try ServerGreeting.read(handshakeReply: text)
        #expect(greeting.sid == "42")
        #expect(greeting.handshake?.pingTimeout == .seconds(60))
    }
}
