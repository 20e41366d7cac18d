import NIOCore
import Testing

@testable import GustWire

/// Source: the bytes that socket.io 0.6.17 and its client 0.6.3 send.
struct SocketIO06Tests {
    private static let handshake = Handshake(
        sid: "26465414290380496",
        upgrades: [],
        pingInterval: .seconds(10),
        pingTimeout: .seconds(8),
        maximumPayload: 1
    )

    @Test(arguments: [
        ("", []),
        ("~m~5~m~hello", ["message / text hello"]),
        ("~m~0~m~", ["message / text "]),
        ("~m~1~m~a~m~2~m~bc", ["message / text a", "message / text bc"]),
        (#"~m~10~m~~j~{"a":1}"#, [#"message / json {"a":1}"#]),
        ("~m~8~m~~j~[1,2]", ["message / json [1,2]"]),
        // 😀 is two UTF-16 code units, é is one.
        ("~m~2~m~😀~m~1~m~é", ["message / text 😀", "message / text é"]),
        ("~m~7~m~~m~5~m~", ["message / text ~m~5~m~"]),
        ("~m~3~m~a\u{0}\n", ["message / text a\u{0}\n"]),
        ("~m~4~m~~h~1~m~1~m~a", ["ping", "message / text a"]),
        ("~m~005~m~hello", ["message / text hello"]),
    ])
    func `a payload is any number of messages`(text: String, words: [String]) throws {
        var wire = Wire(.socketIO06)
        #expect(try wire.decode(text) == words)
    }

    @Test(
        arguments: [
            ("hello", .malformed), ("~m~5~m~hell", .malformed), ("~m~~m~", .malformed), ("~m~-1~m~a", .malformed),
            ("~m~ 1~m~a", .malformed), ("~m~1x~m~a", .malformed), ("~m~1", .malformed), ("~m~1~m", .malformed),
            ("~m~1~m~😀", .malformed), ("~m~1~m~ab", .malformed), ("~m~99999999999~m~a", .malformed), ("~", .malformed),
            ("~m~4~m~~j~{", .invalidJSON), ("~m~3~m~~j~", .invalidJSON), ("~m~4~m~~h~x", .malformed),
            ("~m~3~m~~h~", .malformed), ("~m~5~m~~h~-1", .malformed),
            ("~m~23~m~~h~99999999999999999999", .malformed), ("~mx1~m~a", .malformed), ("~m~1~mxa", .malformed),
            ("~m~999999999999999999999999999999~m~a", .malformed),
        ] as [(String, WireError.Problem)]
    )
    func `a damaged payload is refused with its fault`(text: String, expected: WireError.Problem) {
        #expect(problem(.socketIO06, text) == expected)
    }

    @Test func `messages in front of a damaged one are delivered`() {
        let wire = Wire(.socketIO06)
        var codec = wire.codec
        var words: [String] = []
        #expect(throws: WireError(.malformed, at: 8)) {
            try codec.decode(.text(ByteBuffer(string: "~m~1~m~a~m~9~m~b"))) { words.append($0.words) }
        }
        #expect(words == ["message / text a"])
    }

    @Test(arguments: [
        // The first message has 8 bytes, the header of the second 7, and its mark 3.
        ("~m~1~m~a~m~5~m~~j~{x", WireError(.invalidJSON, at: 19)),
        ("~m~1~m~a~m~4~m~~h~x", WireError(.malformed, at: 18)),
    ])
    func `an error has the position in the payload`(text: String, error: WireError) {
        var wire = Wire(.socketIO06)
        #expect(throws: error) { try wire.decode(text) }
    }

    @Test func `a payload has at most 1000 messages`() {
        #expect(problem(.socketIO06, String(repeating: "~m~0~m~", count: 1_000)) == nil)
        #expect(problem(.socketIO06, String(repeating: "~m~0~m~", count: 1_001)) == .tooManyPackets)
    }

    @Test func `the sid is the first message`() {
        #expect(Wire(.socketIO06).encode(.open(Self.handshake)) == "~m~17~m~26465414290380496")
    }

    @Test func `heartbeats are numbered, and only the answer to the last one counts`() throws {
        var server = Wire(.socketIO06)
        _ = server.encode(.open(Self.handshake))
        #expect(try server.decode("~m~4~m~~h~0") == ["noop"])
        #expect(server.encode(.ping(probe: false)) == "~m~4~m~~h~1")
        #expect(server.encode(.ping(probe: false)) == "~m~4~m~~h~2")
        #expect(try server.decode("~m~4~m~~h~1") == ["noop"])
        #expect(try server.decode("~m~4~m~~h~2") == ["pong"])
        var client = Wire(.socketIO06)
        #expect(try client.decode("~m~5~m~~h~12") == ["ping"])
        #expect(client.encode(.pong(probe: false)) == "~m~5~m~~h~12")
    }

    @Test func `packets are written as messages`() {
        let wire = Wire(.socketIO06)
        #expect(wire.encode(.message(namespace: "/", id: nil, .text("hé😀"))) == "~m~4~m~hé😀")
        #expect(wire.encode(.message(namespace: "/", id: nil, .text(""))) == "~m~0~m~")
        #expect(wire.encode(.message(namespace: "/", id: nil, .json(json(#"{"a":1}"#)))) == #"~m~10~m~~j~{"a":1}"#)
        #expect(wire.encode(.message(namespace: "/", id: nil, .binary(ByteBuffer(bytes: [1, 2, 3])))) == "~m~4~m~AQID")
        #expect(wire.encode(event("e", "1,2")) == #"~m~28~m~~j~{"name":"e","args":[1,2]}"#)
        #expect(wire.encode(event("e")) == #"~m~25~m~~j~{"name":"e","args":[]}"#)
        #expect(wire.encode(event("message", #""h\u00e9""#)) == "~m~2~m~hé")
        #expect(wire.encode(event("message", #"{"a":1}"#)) == #"~m~10~m~~j~{"a":1}"#)
        #expect(wire.encode(event("message", "1,2")) == #"~m~34~m~~j~{"name":"message","args":[1,2]}"#)
        let packet = event("e", #"{"_placeholder":true,"num":0}"#, attachments: [[1, 2, 3]])
        #expect(
            wire.frames(packet) == [.text(ByteBuffer(string: #"~m~31~m~~j~{"name":"e","args":["AQID"]}"#))]
        )
    }

    @Test func `packets that 0.6 doesn't have are not written`() {
        let wire = Wire(.socketIO06)
        #expect(wire.encode(.noop) == "")
        #expect(wire.encode(.close) == "")
        #expect(wire.encode(.connect(namespace: "/", query: nil, payload: nil)) == "")
        #expect(wire.encode(.disconnect(namespace: "/")) == "")
        #expect(wire.encode(acknowledgement(1, "2")) == "")
        #expect(wire.encode(.connectError(namespace: "/", payload: json("{}"))) == "")
    }

    @Test func `a payload is the concatenation of frames`() throws {
        let payload = Revision.socketIO06.payload
        let frames = ["~m~1~m~a", "~m~2~m~bc"].map { Frame.text(ByteBuffer(string: $0)) }
        #expect(String(buffer: payload.encode(frames, supportsBinary: false).body) == "~m~1~m~a~m~2~m~bc")
        #expect(payload.encode([], supportsBinary: false).body.readableBytes == 0)
        var decoded: [Frame] = []
        try payload.decode(ByteBuffer(string: "~m~1~m~a"), isBinary: false, limits: PayloadLimits()) {
            frame throws(WireError) in decoded.append(frame)
        }
        #expect(decoded == [frames[0]])
        #expect(throws: WireError(.invalidUTF8)) {
            try payload.decode(ByteBuffer(bytes: [0xFF]), isBinary: false, limits: PayloadLimits()) { _ in }
        }
        try payload.decode(ByteBuffer(), isBinary: false, limits: PayloadLimits()) { _ in Issue.record("a frame") }
    }

    @Test(arguments: [
        // The payload as a form sends it               the original payload
        ("~m~3~m~a\r\nb", "~m~3~m~a\nb"),
        ("~m~4~m~a\r\nb", "~m~4~m~a\r\nb"),
        ("~m~1~m~\r\n", "~m~1~m~\n"),
        ("~m~2~m~\r\n\r\n~m~1~m~a", "~m~2~m~\n\n~m~1~m~a"),
        ("~m~3~m~\r\n\r\n~m~3~m~a\r\nb", "~m~3~m~\r\n\n~m~3~m~a\nb"),
        ("~m~3~m~😀\r\n", "~m~3~m~😀\n"),
        ("~m~9~m~a\r\nb", "~m~9~m~a\r\nb"),
        ("~m~1~m~a", "~m~1~m~a"),
        ("rubbish\r\n", "rubbish\r\n"),
        ("~m~2~m~a\r", "~m~2~m~a\r"),
        ("~m~1~m~\r\n~m~9~m~\r", "~m~1~m~\n~m~9~m~\r"),
    ])
    func `newlines of a form are restored by the lengths of the messages`(sent: String, meant: String) throws {
        let escaped = sent.replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        let posted = Revision.socketIO06.posted
        #expect(String(buffer: try posted(ByteBuffer(string: "data=\(escaped)"), true)) == meant)
        #expect(String(buffer: try posted(ByteBuffer(string: "data=\(escaped)"), false)) == sent)
    }

    @Test func `a POST without the field of the payload is refused`() {
        #expect(throws: WireError(.empty)) {
            try Revision.socketIO06.posted(ByteBuffer(string: "datum=1"), false)
        }
    }

    @Test func `scripts and parts have the form that the client expects`() throws {
        let callback = Revision.socketIO06.callback
        let payload = ByteBuffer(string: "~m~17~m~26465414290380496")
        #expect(String(buffer: callback.call(0, with: payload)) == #"io.JSONP[0]._("~m~17~m~26465414290380496");"#)
        #expect(String(buffer: callback.call(1, with: ByteBuffer())) == #"io.JSONP[1]._("");"#)
        let script = try #require(Revision.socketIO06.transport(named: "htmlfile")).envelope(callbackIndex: nil)
        #expect(script.opening.readableBytes == 256)
        #expect(
            String(buffer: script.wrap(payload))
                == #"<script>parent.s._("~m~17~m~26465414290380496", document);</script>"#
        )
        let multipart = ReplacingParts(boundary: "socketio")
        #expect(String(buffer: multipart.opening) == "--socketio\n")
        #expect(multipart.contentType == #"multipart/x-mixed-replace;boundary="socketio""#)
        #expect(
            String(buffer: multipart.wrap(ByteBuffer(string: "~m~4~m~~h~1")))
                == "Content-Type: text/plain; charset=UTF-8\n\n~m~4~m~~h~1\n--socketio\n"
        )
    }

    @Test func `each multipart response has its own boundary`() throws {
        let transport = try #require(Revision.socketIO06.transport(named: "xhr-multipart"))
        let boundaries = Set((0..<1_000).map { _ in String(buffer: transport.envelope(callbackIndex: nil).opening) })
        #expect(boundaries.count == 1_000)
        #expect(boundaries.allSatisfy { $0.wholeMatch(of: /--socketio-[0-9a-z]+-[0-9a-z]+\n/) != nil })
    }
}
