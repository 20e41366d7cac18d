import GustWire
import NIOCore
import Testing

/// Properties for random input: damaged frames and payloads are refused, valid ones are preserved.
struct RandomWireTests {
    /// A random number generator that gives the same numbers in every run (SplitMix64).
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }

    private static let vectors: [String] = [
        #"42/admin,456["x",{"a":[1,2]},null]"#, #"42["echo","text"]"#, #"4212["a",1, [true] ,"\n"]"#,
        #"452-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#,
        #"40/admin?a=b,{"token":"x"}"#, #"43/admin,456["ok"]"#, "41/admin,", #"44{"message":"no"}"#, "2probe",
        "bAQIDBA==",
        "b4AQIDBA==", #"5:7+:/chat:{"name":"echo","args":[1,"☃"]}"#, "3:5+:/chat:yo", "6:::7+[1]", "1::/chat?a=b",
        "\u{FFFD}5\u{FFFD}6:::1\u{FFFD}6\u{FFFD}3:::hé", #"~m~10~m~~j~{"a":1}~m~2~m~😀"#, "~m~4~m~~h~1",
        "6:4hello2:4€10:b4AQIDBA==", "4a\u{1E}4b\u{1E}bAQ==", "\u{0}\u{6}\u{7F}4hello", "data=%7Em%7E1%7Em%7E%0D%0A",
        #"d=%223%3A%3A%3Ahi%22"#, #"[1.5e-7,"\ud83d\ude00\u0000",true,false,null,{}]"#,
    ]

    private func mutated(_ random: inout Seeded) -> ByteBuffer {
        var bytes = Array(Self.vectors.randomElement(using: &random)?.utf8 ?? "".utf8)
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let index = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            case 1 where index < bytes.count: bytes.remove(at: index)
            case 2 where index < bytes.count: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 3: bytes.removeSubrange(index...)
            case 4: bytes += bytes[index...]
            default: bytes.insert(contentsOf: Self.vectors.randomElement(using: &random)?.utf8 ?? "".utf8, at: index)
            }
        }
        return ByteBuffer(bytes: bytes)
    }

    @Test(arguments: Revision.all, [Layer.engineIO, .socketIO])
    func `no frame makes a codec crash, and decoded packets can be encoded`(revision: Revision, layer: Layer) {
        var random = Seeded(state: 1)
        for _ in 0..<4_000 {
            let text = mutated(&random)
            // Transports pass on text only if it is valid UTF-8.
            let isText = text.getUTF8ValidatedIfValid != nil && Bool.random(using: &random)
            var codec = revision.makeCodec(layer, PayloadLimits())
            for frame in [isText ? Frame.text(text) : .binary(text), .binary(text)] {
                do throws(WireError) {
                    var packets: [Packet] = []
                    try codec.decode(frame) { packets.append($0) }
                    var output = ByteBuffer()
                    for packet in packets { codec.encode(packet, into: &output) }
                } catch {
                    #expect(error.offset <= text.readableBytes)
                }
            }
        }
    }

    @Test(arguments: Revision.all, [Layer.engineIO, .socketIO])
    func `a damaged text has the same packets, or the same error, in place and as a frame`(
        revision: Revision,
        layer: Layer
    ) {
        var random = Seeded(state: 5)
        for _ in 0..<10_000 {
            let text = mutated(&random)
            guard text.getUTF8ValidatedIfValid != nil else { continue }
            // `Wire` decodes in both ways and compares.
            var wire = Wire(revision, layer)
            _ = try? wire.decode(.text(text))
        }
    }

    @Test(arguments: Revision.all)
    func `no payload makes a decoder crash`(revision: Revision) {
        var random = Seeded(state: 2)
        for _ in 0..<4_000 {
            let body = mutated(&random)
            var length = 0
            do throws(WireError) {
                let isBinary = Bool.random(using: &random)
                try revision.payload.decode(body, isBinary: isBinary, limits: PayloadLimits()) {
                    frame throws(WireError) in
                    switch frame {
                    case .text(let text): length += text.readableBytes
                    case .binary(let bytes): length += bytes.readableBytes
                    }
                }
                _ = try revision.posted(body, Bool.random(using: &random))
            } catch {
                #expect(error.offset <= body.readableBytes)
            }
            #expect(length <= body.readableBytes)
        }
    }

    @Test(arguments: Revision.all, [Layer.engineIO, .socketIO])
    func `a codec has at most three words, so that an existential needs no allocation`(revision: Revision, layer: Layer)
    {
        func size<Concrete: Codec>(_ codec: Concrete) -> Int { MemoryLayout.size(ofValue: codec) }
        #expect(size(revision.makeCodec(layer, PayloadLimits())) <= 3 * MemoryLayout<Int>.size)
    }

    @Test(arguments: Revision.all)
    func `an event is preserved by encoding and decoding`(revision: Revision) throws {
        guard revision != .socketIO06 else { return }
        var random = Seeded(state: 3)
        let names = ["message", "é😀", "a\"b\\", "x,y", "[", "1", "", "\u{0}\n"]
        let values = [#""a,b]""#, "1", "-0.5e3", "null", #"{"a":["]",{}]}"#, "[[],[]]", #""\u0000😀""#]
        for _ in 0..<500 {
            let count = Int.random(in: 0...4, using: &random)
            let arguments = (0..<count).compactMap { _ in values.randomElement(using: &random) }.joined(separator: ",")
            let packet = event(
                names.randomElement(using: &random) ?? "",
                arguments,
                in: Bool.random(using: &random) ? "/" : "/näme",
                id: Bool.random(using: &random) ? Int.random(in: 0...99, using: &random) : nil
            )
            var wire = Wire(revision)
            #expect(try wire.decode(wire.encode(packet)) == [packet.words])
        }
    }

    @Test(arguments: Revision.all)
    func `a batch is preserved by encoding and decoding`(revision: Revision) throws {
        var random = Seeded(state: 4)
        for _ in 0..<200 {
            var frames: [Frame] = []
            for number in 0...Int.random(in: 0...5, using: &random) {
                var text = ByteBuffer()
                Wire(revision).codec.encode(
                    .message(namespace: "/", id: nil, .text(String(repeating: "é😀a\u{FFFD}", count: number))),
                    into: &text
                )
                frames.append(.text(text))
            }
            let (body, isBinary) = revision.payload.encode(frames, supportsBinary: true)
            var decoded = ""
            try revision.payload.decode(body, isBinary: isBinary, limits: PayloadLimits()) { frame throws(WireError) in
                if case .text(let text) = frame { decoded += String(buffer: text) }
            }
            let expected = frames.map { if case .text(let text) = $0 { String(buffer: text) } else { "" } }
            #expect(decoded == expected.joined())
        }
    }
}

extension ByteBuffer {
    /// The bytes as text; nil if they aren't valid UTF-8.
    fileprivate var getUTF8ValidatedIfValid: String? {
        try? getUTF8ValidatedString(at: readerIndex, length: readableBytes)
    }
}
