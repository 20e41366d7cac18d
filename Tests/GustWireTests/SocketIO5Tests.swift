import GustWire
import NIOCore
import Testing

/// Source: `socket.io-protocol` v5, and the checks of socket.io-parser 4.2.
struct SocketIO5Tests {
    @Test(arguments: [
        (#"40"#, "connect /"),
        (#"40{"token":"x"}"#, #"connect / {"token":"x"}"#),
        (#"40/admin,"#, "connect /admin"),
        (#"40/admin"#, "connect /admin"),
        (#"40/admin,{"a":1}"#, #"connect /admin {"a":1}"#),
        (#"40/admin?token=1,"#, "connect /admin query token=1"),
        (#"41"#, "disconnect /"),
        (#"41/admin,"#, "disconnect /admin"),
        (#"42["hello",1]"#, "event / hello(1)"),
        (#"42["hello"]"#, "event / hello()"),
        (#"42/,["hello"]"#, "event / hello()"),
        (#"42/admin,456["x",{"a":[1, 2]} , null]"#, #"event /admin 456 x({"a":[1, 2]} , null)"#),
        (#"4212["a"]"#, "event / 12 a()"),
        (#"42 ["#, "!"),
        (#"42[ "a" , 1 ]"#, "event / a(1)"),
        (#"42["a\"b\u00e9\ud83d\ude00\n"]"#, "event / a\"bé😀\n()"),
        (#"42["error","x"]"#, #"event / error("x")"#),
        (#"42["__proto__"]"#, "event / __proto__()"),
        (#"42[7,"x"]"#, #"event / 7("x")"#),
        (#"42[-1.5e3]"#, "event / -1.5e3()"),
        (#"43/admin,456["ok"]"#, #"acknowledgement /admin 456 ("ok")"#),
        (#"430[]"#, "acknowledgement / 0 ()"),
        (#"43["nobody"]"#, "noop"),
        (#"44/admin,{"message":"no"}"#, #"error /admin {"message":"no"}"#),
        (#"450-["x"]"#, "event / x()"),
        ("1", "close"), ("2", "ping"), ("2probe", "ping probe"), ("3", "pong"), ("3probe", "pong probe"),
        ("2x", "ping"), ("3probes", "pong"),
        ("5", "upgrade"), ("6", "noop"), (#"0{"sid":"x"}"#, "noop"),
    ])
    func `frames are decoded as the protocol document defines`(text: String, words: String) {
        var wire = Wire(.engineIO4)
        #expect((try? wire.decode(text)) == (words == "!" ? nil : [words]))
    }

    // CVE-2022-2421 (placeholders), CVE-2023-32695 (names)
    @Test(
        arguments: [
            ("", .empty), ("4", .empty), ("7", .unknownType), ("x", .unknownType), ("47", .unknownType),
            ("4x", .unknownType),
            (#"40[]"#, .invalidPayload), (#"40"x""#, .invalidPayload), (#"40{"a":}"#, .invalidJSON),
            (#"40{} {}"#, .invalidJSON), (#"41{}"#, .invalidPayload),
            (#"42"#, .invalidPayload), (#"42{}"#, .invalidPayload), (#"42[]"#, .invalidPayload),
            (#"42[{}]"#, .invalidPayload), (#"42[["a"]]"#, .invalidPayload), (#"42[null]"#, .invalidPayload),
            (#"42[true]"#, .invalidPayload), (#"42["a""#, .invalidJSON), (#"42["a",]"#, .invalidJSON),
            (#"42["a"]]"#, .invalidJSON), (#"42["a" 1]"#, .invalidJSON), (#"42["a",01]"#, .invalidJSON),
            (#"42["a",1.]"#, .invalidJSON), (#"42["a",+1]"#, .invalidJSON), (#"42["a",nul]"#, .invalidJSON),
            (#"42["a",{"b"}]"#, .invalidJSON), (#"42["a",{1:2}]"#, .invalidJSON), (#"42["a\x"]"#, .invalidJSON),
            (#"42["a\u12"]"#, .invalidJSON), (#"42["a\u12zz"]"#, .invalidJSON), ("42[\"a\n\"]", .invalidJSON),
            (#"42["a"#, .invalidJSON),
            (#"42["connect"]"#, .reservedName), (#"42["connect_error"]"#, .reservedName),
            (#"42["disconnect"]"#, .reservedName), (#"42["disconnecting"]"#, .reservedName),
            (#"42["newListener"]"#, .reservedName), (#"42["removeListener"]"#, .reservedName),
            (#"42["\u0064isconnect"]"#, .reservedName),
            (#"431{}"#, .invalidPayload), (#"431"x""#, .invalidPayload), (#"44"#, .invalidPayload),
            (#"4299999999999999999999["a"]"#, .malformed),
            (#"45["a"]"#, .invalidAttachmentCount), (#"451["a"]"#, .invalidAttachmentCount),
            (#"45-["a"]"#, .invalidAttachmentCount), (#"45-1-["a"]"#, .invalidAttachmentCount),
            (#"451.5-["a"]"#, .invalidAttachmentCount), (#"4511-["a"]"#, .invalidAttachmentCount),
            (#"4599999999999999999999-["a"]"#, .invalidAttachmentCount),
            (#"451-["a",{"_placeholder":true,"num":1}]"#, .invalidPlaceholder),
            (#"451-["a",{"_placeholder":true,"num":-1}]"#, .invalidPlaceholder),
            (#"451-["a",{"_placeholder":true,"num":1e300}]"#, .invalidPlaceholder),
            (#"451-["a",{"_placeholder":true,"num":0.5}]"#, .invalidPlaceholder),
            (#"451-["a",{"_placeholder":true,"num":"0"}]"#, .invalidPlaceholder),
            (#"451-["a",{"_placeholder":true,"num":"__proto__"}]"#, .invalidPlaceholder),
            (#"451-["a",{"_placeholder":true,"num":{"num":0}}]"#, .invalidPlaceholder),
            (#"451-["a",{"_placeholder":true}]"#, .invalidPlaceholder),
            (#"451-["a",[{"b":{"num":7,"_placeholder":true}}]]"#, .invalidPlaceholder),
            (#"450-["a",{"_placeholder":true,"num":0}]"#, .invalidPlaceholder),
            (#"451-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]"#, .invalidPlaceholder),
            ("b!", .malformed),
        ] as [(String, WireError.Problem)]
    )
    func `a faulty frame is refused with its fault`(text: String, expected: WireError.Problem) {
        #expect(problem(.engineIO4, text) == expected)
    }

    @Test func `an error has its position`() {
        var wire = Wire(.engineIO4)
        let error = #expect(throws: WireError.self) { try wire.decode(#"42["a",[1,]]"#) }
        #expect(error == WireError(.invalidJSON, at: 10))
        #expect(error?.description == "no JSON where a value was expected, at byte 10")
    }

    @Test func `a reserved event name is refused with its position`() {
        var wire = Wire(.engineIO4)
        #expect(throws: WireError(.reservedName, at: 4)) { try wire.decode(#"42["connect"]"#) }
    }

    @Test func `JSON may be nested 64 levels deep`() {
        func nested(_ depth: Int) -> String {
            #"42["a","# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "]"
        }
        #expect(problem(.engineIO4, nested(64)) == nil)
        #expect(problem(.engineIO4, nested(65)) == .tooDeep)
        #expect(problem(.engineIO4, #"42["a","# + String(repeating: "[", count: 500_000)) == .tooDeep)
        #expect(problem(.engineIO4, #"42["a","# + String(repeating: #"{"a":"#, count: 100_000)) == .tooDeep)
    }

    @Test func `a binary event is complete with its last attachment`() throws {
        var wire = Wire(.engineIO4)
        let text = #"452-/admin,12["x",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]"#
        #expect(try wire.decode(text).isEmpty)
        #expect(wire.codec.awaitedPacket != nil)
        #expect(try wire.decode([1, 2]).isEmpty)
        // A heartbeat is allowed in between, because it isn't a packet of Socket.IO.
        #expect(try wire.decode("3") == ["pong"])
        #expect(
            try wire.decode([3]) == [
                #"event /admin 12 x({"_placeholder":true,"num":1},{"_placeholder":true,"num":0} [1, 2] [3])"#
            ]
        )
        #expect(wire.codec.awaitedPacket == nil)
    }

    @Test func `an attachment may come as base64 text`() throws {
        var wire = Wire(.engineIO4)
        #expect(try wire.decode(#"461-3[{"_placeholder":true,"num":0}]"#).isEmpty)
        #expect(try wire.decode("bAQIDBA==") == [#"acknowledgement / 3 ({"_placeholder":true,"num":0} [1, 2, 3, 4])"#])
    }

    @Test(arguments: [
        // Other objects, some of which have the members of a placeholder.
        (#"451-["x",{"_placeholder":true,"num":0},{"a":{"num":7}},{}]"#),
        (#"451-["x",{"num":0,"_placeholder":true},{"_placeholder":false,"num":7},{"_placeholder":1}]"#),
        (#"451-["x",[["_placeholder",true,"num",7]],{"_placeholder":true,"num": 0 , "more":[]}]"#),
        (#"451-["x",{"a":{"_placeholder":true,"num":0},"num":9}]"#),
    ])
    func `only an object that is marked as a placeholder is one`(text: String) {
        #expect(problem(.engineIO4, text) == nil)
    }

    @Test func `the attachments of one packet have a common bound`() throws {
        var limits = PayloadLimits()
        limits.maximumAttachmentBytes = 5
        let text = Frame.text(
            ByteBuffer(string: #"452-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#)
        )
        let three = Frame.binary(ByteBuffer(bytes: [1, 2, 3]))
        var codec = Revision.engineIO4.makeCodec(.socketIO, limits)
        try codec.decode(text) { _ in }
        try codec.decode(three) { _ in }
        #expect(throws: WireError(.attachmentsTooLong)) { try codec.decode(three) { _ in } }

        var packets = 0
        codec = Revision.engineIO4.makeCodec(.socketIO, limits)
        // The bound applies to each packet separately.
        for _ in 1...2 {
            for frame in [text, three, .binary(ByteBuffer(bytes: [4, 5]))] {
                try codec.decode(frame) { _ in packets += 1 }
            }
        }
        #expect(packets == 2)
    }

    @Test func `text instead of an attachment is refused`() throws {
        var wire = Wire(.engineIO4)
        #expect(try wire.decode(#"451-["x",{"_placeholder":true,"num":0}]"#).isEmpty)
        #expect(throws: WireError(.unexpectedFrame)) { try wire.decode(#"42["y"]"#) }
        #expect(throws: WireError(.unexpectedFrame)) { try wire.decode(#"451-["y",{"_placeholder":true,"num":0}]"#) }
    }

    @Test func `an unexpected attachment is refused`() throws {
        var wire = Wire(.engineIO4)
        #expect(throws: WireError(.unexpectedFrame)) { try wire.decode([1]) }
        #expect(try wire.decode(#"450-["x"]"#) == ["event / x()"])
        #expect(throws: WireError(.unexpectedFrame)) { try wire.decode([1]) }
    }

    @Test func `packets are written as by the reference server`() {
        let wire = Wire(.engineIO4)
        let handshake = Handshake(
            sid: "lv_VI97HAXpY6yYWAAAC",
            upgrades: ["websocket"],
            pingInterval: .seconds(25),
            pingTimeout: .seconds(20),
            maximumPayload: 1_000_000
        )
        let open =
            #"0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"#
            + #""pingTimeout":20000,"maxPayload":1000000}"#
        #expect(wire.encode(.open(handshake)) == open)
        #expect(wire.encode(.ping(probe: false)) == "2")
        #expect(wire.encode(.pong(probe: true)) == "3probe")
        #expect(wire.encode(.connect(namespace: "/", query: nil, payload: json(#"{"sid":"a"}"#))) == #"40{"sid":"a"}"#)
        #expect(wire.encode(.disconnect(namespace: "/admin")) == "41/admin,")
        #expect(wire.encode(.disconnect(namespace: nil)) == "41")
        #expect(
            wire.encode(.connectError(namespace: "/x", payload: json(#"{"message":"Invalid namespace"}"#)))
                == #"44/x,{"message":"Invalid namespace"}"#
        )
        #expect(wire.encode(event("hello", "1")) == #"42["hello",1]"#)
        #expect(wire.encode(event("he\"llo\n", in: "/a", id: 7)) == #"42/a,7["he\"llo\n"]"#)
        #expect(wire.encode(acknowledgement(456, #""ok""#, in: "/admin")) == #"43/admin,456["ok"]"#)
        #expect(wire.encode(.message(namespace: "/", id: nil, .text("a\"b"))) == #"42["message","a\"b"]"#)
        #expect(wire.encode(.message(namespace: "/", id: nil, .json(json("[1]")))) == #"42["message",[1]]"#)
        #expect(
            wire.frames(.message(namespace: "/", id: nil, .binary(ByteBuffer(bytes: [9])))) == [
                .text(ByteBuffer(string: #"451-["message",{"_placeholder":true,"num":0}]"#)),
                .binary(ByteBuffer(bytes: [9])),
            ]
        )
        #expect(
            wire.frames(event("x", #"{"_placeholder":true,"num":0}"#, id: 12, attachments: [[1, 2]])) == [
                .text(ByteBuffer(string: #"451-12["x",{"_placeholder":true,"num":0}]"#)),
                .binary(ByteBuffer(bytes: [1, 2])),
            ]
        )
    }

    @Test func `an event with attachments is written as a binary event`() {
        let packet = event("x", #"{"_placeholder":true,"num":0}"#, attachments: [[1]])
        #expect(Wire(.engineIO4).encode(packet) == #"451-["x",{"_placeholder":true,"num":0}]"#)
    }

    // CVE-2020-36049
    @Test func `a megabyte of digits is read in linear time`() {
        let digits = String(repeating: "9", count: 1_000_000)
        #expect(problem(.engineIO4, "42" + digits) == .malformed)
        #expect(problem(.engineIO4, "45" + digits) == .invalidAttachmentCount)
        #expect(problem(.engineIO4, "42[\"a\"," + digits + "]") == nil)
    }
}
