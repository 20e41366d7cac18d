import NIOCore
import Testing

@testable import GustWire

/// Socket.IO in MessagePack; the bytes of clients are those that notepack.io writes.
@Suite struct MessagePackTests {
    private static func wire() -> Wire {
        var limits = PayloadLimits()
        limits.parser = .messagePack
        return Wire(.engineIO4, .socketIO, limits)
    }

    /// The bytes of a packet `{"type":…,"nsp":"/","data":…}` whose data is given in hexadecimal.
    private static func bytes(type: Int = 2, data: String?, more: String = "") -> [UInt8] {
        let count = (data == nil ? 2 : 3) + (more.isEmpty ? 0 : 1)
        let text =
            "8\(count)" + "a474797065" + "0\(type)" + "a36e7370a12f" + more + (data.map { "a464617461" + $0 } ?? "")
        return Self.bytes(of: text)
    }

    private static func bytes(of hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
        }
    }

    private static func hexadecimal(_ frame: Frame) -> String {
        guard case .binary(let bytes) = frame else { return "text" }
        return bytes.readableBytesView.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: Decoding

    @Test(arguments: [
        ("93a568656c6c6f01fb", "event / hello(1,-5)"),
        ("91a161", "event / a()"),
        ("92a16181a16191c0", #"event / a({"a":[null]})"#),
        ("96a161c2c3ccffcdffffceffffffff", "event / a(false,true,255,65535,4294967295)"),
        ("93a161cf0000010000000000d3fffffeffffffffff", "event / a(1099511627776,-1099511627777)"),
        ("92a161cfffffffffffffffff", "event / a(18446744073709551615)"),
        ("93a161d080d18000", "event / a(-128,-32768)"),
        ("94a161cb3ff8000000000000ca3fc00000cb4000000000000000", "event / a(1.5,1.5,2)"),
        ("93a161cb7ff8000000000000cb7ff0000000000000", "event / a(null,null)"),
        // The least `Int` as floating-point numbers of both sizes; then 2 to the power of 63, which no `Int` holds.
        ("93a161cadf000000cbc3e0000000000000", "event / a(-9.223372036854776e+18,-9.223372036854776e+18)"),
        ("92a161cb43e0000000000000", "event / a(9.223372036854776e+18)"),
        ("92a161d40000", "event / a(null)"),
        ("92a161d6ff00000001", #"event / a("1970-01-01T00:00:01.000Z")"#),
        ("92a161d70000000000000005dc", #"event / a("1970-01-01T00:00:01.500Z")"#),
        ("92a161a122", #"event / a("\"")"#),
        ("92a16182a1620101a163", #"event / a({"b":1,"1":"c"})"#),
        ("dc0001a161", "event / a()"), ("dd00000001d90161", "event / a()"),
    ])
    func `the data of an event is read as JSON`(data: String, words: String) throws {
        var wire = Self.wire()
        #expect(try wire.decode(Self.bytes(data: data)) == [words])
    }

    @Test func `packets of every type are read`() throws {
        var wire = Self.wire()
        #expect(try wire.decode(Self.bytes(type: 0, data: nil)) == ["connect /"])
        #expect(try wire.decode(Self.bytes(type: 0, data: "c0")) == ["connect /"])
        #expect(try wire.decode(Self.bytes(type: 0, data: "81a161a162")) == [#"connect / {"a":"b"}"#])
        #expect(try wire.decode(Self.bytes(type: 1, data: nil)) == ["disconnect /"])
        #expect(try wire.decode(Self.bytes(data: "91a161", more: "a2696407")) == ["event / 7 a()"])
        #expect(
            try wire.decode(Self.bytes(type: 3, data: "9201a162", more: "a2696407")) == [
                #"acknowledgement / 7 (1,"b")"#
            ]
        )
        #expect(
            try wire.decode(Self.bytes(data: "91a161", more: "a76f7074696f6e7381a8636f6d7072657373c3")) == [
                "event / a()"
            ]
        )
        #expect(try wire.decode("2probe") == ["ping probe"])
    }

    @Test func `bytes become attachments`() throws {
        var wire = Self.wire()
        let packet = Self.bytes(data: "94a161c403010203" + "01" + "91c40109")
        guard case .event(_, _, _, let arguments) = try wire.packets(.binary(ByteBuffer(bytes: packet))).first else {
            Issue.record("no event")
            return
        }
        #expect(arguments.attachments == [ByteBuffer(bytes: [1, 2, 3]), ByteBuffer(bytes: [9])])
        #expect(
            String(buffer: arguments.text) == #"{"_placeholder":true,"num":0},1,[{"_placeholder":true,"num":1}]"#
        )
    }

    @Test(arguments: ["c7010007": [7], "c708000102030405060708": [1, 2, 3, 4, 5, 6, 7, 8], "c80001000a": [10]])
    func `the bytes of an ArrayBuffer become an attachment, whatever their number is`(
        data: String,
        bytes: [UInt8]
    ) throws {
        var wire = Self.wire()
        let packet = Self.bytes(data: "92a161" + data)
        guard case .event(_, _, _, let arguments) = try wire.packets(.binary(ByteBuffer(bytes: packet))).first else {
            Issue.record("no event")
            return
        }
        #expect(arguments.attachments == [ByteBuffer(bytes: bytes)])
    }

    private static let faulty: [(bytes: [UInt8], problem: WireError.Problem)] = [
        ([], .malformed), ([0xC0], .malformed), ([0x80], .unknownType), ([0xDF, 0xFF, 0xFF, 0xFF, 0xFF], .malformed),
        (bytes(type: 5, data: "91a161"), .unknownType), (bytes(data: nil), .invalidPayload),
        (bytes(data: "90"), .invalidPayload), (bytes(data: "9101"), .invalidPayload),
        (bytes(data: "80"), .invalidPayload),
        (bytes(data: "91a7636f6e6e656374"), .reservedName), (bytes(type: 0, data: "90"), .invalidPayload),
        (bytes(type: 1, data: "80"), .invalidPayload), (bytes(type: 3, data: "80"), .invalidPayload),
        (bytes(data: "92a161" + String(repeating: "91", count: 100_000)), .tooDeep),
        (bytes(data: "92a161ddffffffff"), .malformed), (bytes(data: "92a161dbffffffff"), .malformed),
        (bytes(data: "92a161c1"), .malformed), (bytes(data: "92a161a2c328"), .invalidUTF8),
        (bytes(data: "91a161") + [0], .malformed),
        (bytes(data: "91a161", more: "a26964a178"), .malformed),
        (bytes(data: "9ca161" + String(repeating: "c400", count: 11)), .invalidAttachmentCount),
        // An object that looks like a placeholder of an attachment that doesn't exist.
        (bytes(data: "93a161c40082ac5f706c616365686f6c646572c3a36e756d05"), .invalidPlaceholder),
        // Such an object beside the only attachment would be a second copy of it.
        (bytes(data: "93a161c4010982ac5f706c616365686f6c646572c3a36e756d00"), .invalidPlaceholder),
    ]

    @Test(arguments: faulty.indices)
    func `a faulty packet is refused with its fault`(index: Int) {
        let (bytes, problem) = Self.faulty[index]
        var wire = Self.wire()
        do throws(WireError) {
            Issue.record("decoded: \(try wire.decode(bytes))")
        } catch {
            #expect(error.problem == problem)
        }
    }

    @Test func `a text message is refused`() {
        var wire = Self.wire()
        #expect(throws: WireError(.unexpectedFrame)) { try wire.decode(#"42["a"]"#) }
    }

    @Test func `every prefix of a packet is refused without a trap`() throws {
        let bytes = Self.bytes(data: "96a161cb3ff8000000000000c403010203d6ff0000000181a16191c0da000162")
        for count in bytes.indices {
            var wire = Self.wire()
            #expect(throws: WireError.self) { try wire.decode(Array(bytes[..<count])) }
        }
    }

    // MARK: Encoding

    @Test(arguments: [
        ("1", "01"), ("-5", "fb"), ("-33", "d0df"), ("200", "ccc8"), ("70000", "ce00011170"), ("-40000", "d2ffff63c0"),
        ("1099511627776", "d30000010000000000"), ("18446744073709551615", "cfffffffffffffffff"),
        ("1.5", "cb3ff8000000000000"),
        ("1e3", "cb408f400000000000"), ("null", "c0"), ("true", "c3"), ("false", "c2"), (#""a\nb""#, "a3610a62"),
        ("[ 1 , [] ]", "920190"), (#"{"a":{"b":1}}"#, "81a16181a16201"), ("{}", "80"),
    ])
    func `values are written in their shortest form`(json: String, data: String) {
        let arguments = Arguments(trusted: ByteBuffer(string: json))
        let frames = Self.wire().frames(.event(namespace: "/", id: nil, name: "x", arguments: arguments))
        #expect(frames.map(Self.hexadecimal) == ["83a47479706502a36e7370a12fa46461746192a178" + data])
    }

    @Test func `attachments are written in the place of their placeholders`() {
        var arguments = Arguments(trusted: ByteBuffer(string: #"1,{"num":0,"_placeholder":true}"#))
        arguments.attachments = [ByteBuffer(bytes: [1, 2, 3])]
        let frames = Self.wire().frames(.acknowledgement(namespace: "/a", id: 300, arguments: arguments))
        #expect(
            frames.map(Self.hexadecimal) == ["84a47479706503a36e7370a22f61a26964cd012ca46461746192" + "01c403010203"]
        )
    }

    @Test func `packets without arguments are written`() {
        let wire = Self.wire()
        let payload = JSONSlice(trusted: ByteBuffer(string: #"{"sid":"x"}"#))
        #expect(
            wire.frames(.connect(namespace: "/", query: nil, payload: payload)).map(Self.hexadecimal)
                == ["83a47479706500a36e7370a12fa46461746181a3736964a178"]
        )
        #expect(
            wire.frames(.disconnect(namespace: "/a")).map(Self.hexadecimal) == ["82a47479706501a36e7370a22f61"]
        )
        #expect(wire.frames(.ping(probe: false)) == [.text(ByteBuffer(string: "2"))])
    }

    @Test(arguments: [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536])
    func `lengths of every form are read as they are written`(count: Int) throws {
        let text = String(repeating: "a", count: count)
        let list = "[" + (0..<count).map { _ in "1" }.joined(separator: ",") + "]"
        var arguments = Arguments(trusted: ByteBuffer(string: #""\#(text)",\#(list),{"_placeholder":true,"num":0}"#))
        arguments.attachments = [ByteBuffer(repeating: 7, count: count)]
        var wire = Self.wire()
        let frames = wire.frames(.event(namespace: "/", id: nil, name: "x", arguments: arguments))
        guard case .event(_, _, _, let read) = try wire.packets(frames[0]).first else {
            Issue.record("no event")
            return
        }
        #expect(read.text == arguments.text)
        #expect(read.attachments == arguments.attachments)
    }
}
