import GustWire
import NIOCore
import Testing

/// Socket.IO protocol 4 over Engine.IO 3, where it differs from protocol 5.
struct SocketIO4Tests {
    @Test func `the response to CONNECT has no payload`() {
        let wire = Wire(.engineIO3)
        #expect(wire.encode(.connect(namespace: "/", query: nil, payload: json(#"{"sid":"x"}"#))) == "40")
        #expect(wire.encode(.connect(namespace: "/admin", query: nil, payload: nil)) == "40/admin,")
        // The form in which clients send it.
        #expect(wire.encode(.connect(namespace: "/admin", query: "a=b", payload: nil)) == "40/admin?a=b,")
    }

    @Test(arguments: [
        (#"{"message":"not authorized"}"#, #"44/a,"not authorized""#),
        (#"{"message":"not authorized","data":{"code":1}}"#, #"44/a,{"code":1}"#),
        (#"{"message":"Invalid namespace"}"#, #"44/a,{"message":"Invalid namespace"}"#),
        // Of two equal members the last one counts, as in JavaScript; a payload with neither member is sent as it is.
        (#"{"message":"one","data":1,"data":2,"message":"two"}"#, "44/a,2"),
        (#"{"message":"one","message":"two"}"#, #"44/a,"two""#),
        (#"{"reason":"x"}"#, #"44/a,{"reason":"x"}"#), (#""plain""#, #"44/a,"plain""#),
    ])
    func `a refusal consists of its data or its message`(payload: String, text: String) {
        #expect(Wire(.engineIO3).encode(.connectError(namespace: "/a", payload: json(payload))) == text)
    }

    @Test func `a binary frame begins with its type`() throws {
        var wire = Wire(.engineIO3)
        #expect(try wire.decode(#"451-["x",{"_placeholder":true,"num":0}]"#).isEmpty)
        #expect(wire.codec.awaitedPacket != nil)
        #expect(try wire.decode([4, 1, 2]) == [#"event / x({"_placeholder":true,"num":0} [1, 2])"#])
        #expect(
            wire.frames(event("x", #"{"_placeholder":true,"num":0}"#, attachments: [[1, 2]])).last
                == .binary(ByteBuffer(bytes: [4, 1, 2]))
        )
        #expect(wire.codec.awaitedPacket == nil)
        #expect(throws: WireError(.empty)) { try wire.decode([]) }
        #expect(throws: WireError(.unknownType)) { try wire.decode([2, 1]) }
    }

    @Test func `a base64 frame contains its type`() throws {
        var wire = Wire(.engineIO3)
        #expect(try wire.decode(#"451-["x",{"_placeholder":true,"num":0}]"#).isEmpty)
        #expect(try wire.decode("b4AQI=") == [#"event / x({"_placeholder":true,"num":0} [1, 2])"#])
        #expect(throws: WireError(.unknownType, at: 1)) { try wire.decode("bAQI=") }
        var bare = Wire(.engineIO3, .engineIO)
        #expect(try bare.decode("b4AQI=") == ["message / binary [1, 2]"])
        #expect(try bare.decode([4, 7]) == ["message / binary [7]"])
        #expect(try bare.decode("4hello") == ["message / text hello"])
    }

    @Test func `events are as in protocol 5`() throws {
        var wire = Wire(.engineIO3)
        #expect(try wire.decode(#"42/admin,1["a",2]"#) == ["event /admin 1 a(2)"])
        #expect(wire.encode(event("a", "2", in: "/admin", id: 1)) == #"42/admin,1["a",2]"#)
        #expect(problem(.engineIO3, #"42["disconnect"]"#) == .reservedName)
        #expect(problem(.engineIO3, #"451-["x",{"_placeholder":true,"num":3}]"#) == .invalidPlaceholder)
    }
}
