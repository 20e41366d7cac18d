import GustWire
import NIOCore
import Testing

/// Source: `socket.io-spec` protocol 1, and the bytes that socket.io 0.9.19 sends.
struct SocketIO09Tests {
    @Test(arguments: [
        ("0", ["disconnect everything"]),
        ("0::", ["disconnect everything"]),
        ("0::/chat", ["disconnect /chat"]),
        ("1::", ["connect /"]),
        ("1::/chat", ["connect /chat"]),
        ("1::/chat?a=b", ["connect /chat query a=b"]),
        ("2::", ["ping"]),
        ("3:::hi", ["message / text hi"]),
        ("3::", ["message / text "]),
        ("3:::a:b::c\n☃", ["message / text a:b::c\n☃"]),
        ("3:1::hi", ["receipt wanted / 1", "message / text hi"]),
        ("3:5+:/chat:yo", ["message /chat 5 text yo"]),
        (#"4:::{"a":1}"#, [#"message / json {"a":1}"#]),
        (#"4:::null"#, [#"message / json null"#]),
        (#"5:::{"name":"echo"}"#, ["event / echo()"]),
        (#"5:7+:/chat:{"name":"echo","args":[1,"☃"]}"#, [#"event /chat 7 echo(1,"☃")"#]),
        (#"5:8::{"args":[ {"a":[]} ],"more":[1],"name":"\u0065"}"#, ["receipt wanted / 8", #"event / e({"a":[]})"#]),
        (#"5:::{"name":"a","args":[ ]}"#, ["event / a()"]),
        (#"5:::{"name":"disconnect"}"#, ["noop"]),
        ("6:::4", ["acknowledgement / 4 ()"]),
        (#"6:::7+[1,"☃"]"#, [#"acknowledgement / 7 (1,"☃")"#]),
        ("6::/chat:2+[]", ["acknowledgement /chat 2 ()"]),
        ("7:::1+0", [#"error / {"message":"1+0"}"#]),
        ("7::/chat:2", [#"error /chat {"message":"2"}"#]),
        ("8::", ["noop"]),
    ])
    func `packets are decoded as the protocol document defines`(text: String, words: [String]) throws {
        var wire = Wire(.socketIO09)
        #expect(try wire.decode(text) == words)
    }

    @Test(
        arguments: [
            ("", .empty), ("9::", .unknownType), ("x", .unknownType), ("3", nil), ("3x::a", .unknownType),
            ("3:a::b", .malformed), ("3:1++::b", .malformed), ("3:+::b", .malformed), ("3:-1::b", .malformed),
            ("3:99999999999999999999::b", .malformed), ("3:1+2::b", .malformed),
            ("4:::", .invalidJSON), ("4:::{", .invalidJSON), ("4:::1 2", .invalidJSON),
            ("5:::", .invalidPayload), ("5:::[]", .invalidPayload), (#"5:::{"name":1}"#, .invalidPayload),
            (#"5:::{"args":[]}"#, .invalidPayload), (#"5:::{"name":"a","args":{}}"#, .invalidPayload),
            (#"5:::{"name":"a","args":[1,]}"#, .invalidJSON), (#"5:::{"name":"a"}x"#, .invalidJSON),
            (#"5:::{"name":"a",}"#, .invalidJSON), (#"5:::{"name" "a"}"#, .invalidJSON), (#"5:::{"#, .invalidJSON),
            ("6:::", .malformed), ("6:::x", .malformed), ("6:::+1", .malformed), ("6:::-1", .malformed),
            ("6:::1+", .invalidJSON),
            ("6:::1+{}", .invalidPayload), ("6:::1+[1", .invalidJSON),
        ] as [(String, WireError.Problem?)]
    )
    func `a faulty packet is refused with its fault`(text: String, expected: WireError.Problem?) {
        #expect(problem(.socketIO09, text) == expected)
    }

    @Test(arguments: [
        (#"4:::[1,]"#, WireError(.invalidJSON, at: 7)), (#"5:1+:/a:{"name":1}"#, WireError(.invalidPayload, at: 16)),
        ("6:::1+[1,]", WireError(.invalidJSON, at: 9)), ("3:12x::", WireError(.malformed, at: 4)),
    ])
    func `an error has the position in the packet`(text: String, error: WireError) {
        var wire = Wire(.socketIO09)
        #expect(throws: error) { try wire.decode(text) }
    }

    @Test func `a binary frame is refused`() {
        var wire = Wire(.socketIO09)
        #expect(throws: WireError(.unexpectedFrame)) { try wire.decode([1]) }
    }

    @Test func `packets are written as by the reference server`() {
        let wire = Wire(.socketIO09)
        #expect(wire.encode(.connect(namespace: "/", query: nil, payload: nil)) == "1::")
        #expect(wire.encode(.connect(namespace: "/chat", query: nil, payload: json("{}"))) == "1::/chat")
        #expect(wire.encode(.connect(namespace: "/chat", query: "a=b", payload: nil)) == "1::/chat?a=b")
        #expect(wire.encode(.close) == "0::")
        #expect(wire.encode(.disconnect(namespace: nil)) == "0::")
        #expect(wire.encode(.disconnect(namespace: "/chat")) == "0::/chat")
        #expect(wire.encode(.noop) == "8::")
        #expect(wire.encode(.message(namespace: "/", id: nil, .text("hi"))) == "3:::hi")
        #expect(wire.encode(.message(namespace: "/", id: nil, .text(""))) == "3::")
        #expect(wire.encode(.message(namespace: "/chat", id: 5, .text("yo"))) == "3:5+:/chat:yo")
        #expect(wire.encode(.message(namespace: "/", id: nil, .json(json(#"{"a":1}"#)))) == #"4:::{"a":1}"#)
        #expect(wire.encode(event("echo")) == #"5:::{"name":"echo"}"#)
        #expect(wire.encode(event("e", "1,2", in: "/chat", id: 7)) == #"5:7+:/chat:{"name":"e","args":[1,2]}"#)
        #expect(wire.encode(acknowledgement(8)) == "6:::8")
        #expect(wire.encode(acknowledgement(7, #"1,"☃""#, in: "/chat")) == #"6::/chat:7+[1,"☃"]"#)
        #expect(wire.encode(.connectError(namespace: "/x", payload: json(#"{"message":"no"}"#))) == "7::/x:2")
    }

    @Test func `attachments are written into the text as base64`() {
        let wire = Wire(.socketIO09)
        let placeholders =
            #"{"_placeholder":true,"num":1},[{"a": { "num" : 0 , "_placeholder" : true } }],"{\"_placeholder\":true,\"num\":0}",{"_placeholder":false,"num":0}"#
        let packet = event("x", placeholders, attachments: [[1, 2, 3], [255]])
        #expect(
            wire.frames(packet) == [
                .text(
                    ByteBuffer(
                        string: #"5:::{"name":"x","args":["/w==",[{"a": "AQID" }],"{\"_placeholder\":true,\"num\":0}","#
                            + #"{"_placeholder":false,"num":0}]}"#
                    )
                )
            ]
        )
        #expect(wire.encode(.message(namespace: "/", id: nil, .binary(ByteBuffer(bytes: [1, 2, 3])))) == "3:::AQID")
    }

    @Test(arguments: [
        #"{"_placeholder":true,"num":1}"#, #"{"_placeholder":true,"num":-1}"#, #"{"_placeholder":true}"#,
        #"{"num":0}"#, #"{"num":0,"more":true}"#, #"{"_placeholder":true,"num":0,"more":1}"#,
        #"{"_placeholder":true,"num":"0"}"#,
        #"{"_placeholder":true,"num":[0]}"#, "{}",
    ])
    func `an object that only resembles a placeholder is not replaced`(json: String) {
        #expect(
            Wire(.socketIO09).encode(event("x", json, attachments: [[1]])) == #"5:::{"name":"x","args":[\#(json)]}"#
        )
    }

    @Test func `a server reads a heartbeat as a pong, a client as a ping`() throws {
        var server = Wire(.socketIO09)
        let handshake = Handshake(
            sid: "a",
            upgrades: [],
            pingInterval: .seconds(25),
            pingTimeout: .seconds(60),
            maximumPayload: 1
        )
        // The sid was sent before, in the response to the handshake.
        #expect(server.encode(.open(handshake)) == "")
        #expect(try server.decode("2::") == ["noop"])
        #expect(server.encode(.ping(probe: false)) == "2::")
        #expect(try server.decode("2::") == ["pong"])
        var client = Wire(.socketIO09)
        #expect(try client.decode("2::") == ["ping"])
        #expect(client.encode(.pong(probe: false)) == "2::")
    }

    @Test(arguments: [
        (Duration.seconds(25), Duration.seconds(60), Duration.seconds(60), "sid:60:60:websocket,xhr-polling"),
        (.milliseconds(300), .milliseconds(200), .zero, "sid:1:1:websocket,xhr-polling"),
        (.seconds(25), .seconds(20), .seconds(8), "sid:45:45:websocket,xhr-polling"),
        (.seconds(25), .milliseconds(60_001), .milliseconds(61_999), "sid:61:62:websocket,xhr-polling"),
        (.zero, .zero, .zero, "sid:1:1:websocket,xhr-polling"),
    ])
    func `the times of a handshake are whole seconds that are long enough for the client`(
        interval: Duration,
        timeout: Duration,
        close: Duration,
        text: String
    ) {
        let handshake = Handshake(
            sid: "sid",
            upgrades: [],
            pingInterval: interval,
            pingTimeout: timeout,
            maximumPayload: 1,
            transports: ["websocket", "xhr-polling"],
            closeTimeout: close
        )
        #expect(Revision.socketIO09.handshakeReply.map { String(buffer: $0(handshake)) } == text)
    }

    // MARK: Payloads

    private func decode(_ text: String) throws(WireError) -> [String] {
        var frames: [String] = []
        try Revision.socketIO09.payload.decode(
            ByteBuffer(string: text),
            isBinary: false,
            limits: PayloadLimits()
        ) { frame throws(WireError) in
            if case .text(let text) = frame { frames.append(String(buffer: text)) }
        }
        return frames
    }

    @Test func `a payload of one packet has no length, one of several has their lengths`() throws {
        #expect(try decode("3:::hi") == ["3:::hi"])
        #expect(try decode("\u{FFFD}5\u{FFFD}6:::1\u{FFFD}6\u{FFFD}3:::hé") == ["6:::1", "3:::hé"])
        // U+FFFD within a packet, and a character of two UTF-16 code units.
        #expect(try decode("\u{FFFD}8\u{FFFD}3:::\u{FFFD}a😀\u{FFFD}3\u{FFFD}8::") == ["3:::\u{FFFD}a😀", "8::"])
        let frames = ["6:::1", "3:::hé"].map { Frame.text(ByteBuffer(string: $0)) }
        let payload = Revision.socketIO09.payload
        #expect(
            String(buffer: payload.encode(frames, supportsBinary: false).body)
                == "\u{FFFD}5\u{FFFD}6:::1\u{FFFD}6\u{FFFD}3:::hé"
        )
        #expect(String(buffer: payload.encode([frames[0]], supportsBinary: false).body) == "6:::1")
    }

    @Test(arguments: [
        "", "\u{FFFD}", "\u{FFFD}5\u{FFFD}6:::", "\u{FFFD}\u{FFFD}6:::1", "\u{FFFD}-1\u{FFFD}a",
        "\u{FFFD}99999999999\u{FFFD}a", "\u{FFFD}1\u{FFFD}😀", "\u{FFFD}1\u{FFFD}ab", "\u{FFFD}1a",
        "\u{FFFD}999999999999999999999999999999\u{FFFD}a",
        // Three bytes that aren't the mark, at each position of the mark.
        "\u{FFFD}1\u{FFFD}aabc1\u{FFFD}a", "\u{FFFD}1abca",
    ])
    func `wrong lengths are refused`(text: String) {
        #expect(throws: WireError.self) { try decode(text) }
    }

    @Test func `a payload that isn't UTF-8 is refused`() {
        #expect(throws: WireError(.invalidUTF8)) {
            try Revision.socketIO09.payload.decode(
                ByteBuffer(bytes: [0x33, 0x3A, 0x3A, 0x3A, 0xFF]),
                isBinary: false,
                limits: PayloadLimits()
            ) { _ in }
        }
    }

    @Test func `a payload has at most 1000 packets`() throws {
        #expect(try decode(String(repeating: "\u{FFFD}3\u{FFFD}2::", count: 1_000)).count == 1_000)
        #expect(throws: WireError.self) { try decode(String(repeating: "\u{FFFD}3\u{FFFD}2::", count: 1_001)) }
    }

    @Test func `a form contains the payload as it is, or as a JSON string`() throws {
        func payload(_ form: String) throws -> String {
            String(buffer: try Revision.socketIO09.posted(ByteBuffer(string: form), true))
        }
        #expect(try payload("d=3%3A%3A%3Ahi+you") == "3:::hi you")
        #expect(try payload(#"d=%223%3A%3A%3Aa%5C%22%5Cn%22"#) == "3:::a\"\n")
        #expect(throws: WireError.self) { try payload("d=%22abc") }
        #expect(throws: WireError.self) { try payload("e=1") }
    }

    @Test func `scripts have the form that the client expects`() throws {
        let callback = Revision.socketIO09.callback
        #expect(String(buffer: callback.call(2, with: ByteBuffer(string: "1::"))) == #"io.j[2]("1::");"#)
        #expect(
            String(buffer: callback.call(0, withError: "handshake unauthorized"))
                == #"io.j[0](new Error("handshake unauthorized"));"#
        )
        #expect(
            String(buffer: callback.call(1, withError: "</script>\""))
                == #"io.j[1](new Error("\u003c/script>\""));"#
        )
        let script = try #require(Revision.socketIO09.transport(named: "htmlfile")).envelope(callbackIndex: nil)
        #expect(script.opening.readableBytes == 256)
        #expect(String(buffer: script.wrap(ByteBuffer(string: "3:::</a>"))) == #"<script>_("3:::\u003c/a>");</script>"#)
    }
}
