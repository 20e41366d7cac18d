import Foundation
import GustWire
import NIOCore
import Testing

/// Parts of arguments, and the limits of decoding them.
struct ArgumentsSlicingTests {
    private func arguments(_ text: String, attachments: [[UInt8]] = []) -> Arguments {
        Arguments(trusted: ByteBuffer(string: text), attachments: attachments.map { ByteBuffer(bytes: $0) })
    }

    @Test func `dropFirst keeps only the attachments that the remaining arguments refer to`() throws {
        let some = arguments(
            #"{"_placeholder":true,"num":0}, 2 ,{"_placeholder":true,"num":1}"#,
            attachments: [[1], [2]]
        )
        let rest = some.dropFirst()
        #expect(String(buffer: rest.text) == #"2,{"_placeholder":true,"num":0}"#)
        #expect(rest.attachments == [ByteBuffer(bytes: [2])])
        #expect(try rest.decode(ByteBuffer.self, at: 1) == ByteBuffer(bytes: [2]))
        #expect(some.dropFirst(2).count == 1)
        #expect(some.dropFirst(0).count == 3)
        for count in [3, 4] { #expect(some.dropFirst(count).count == 0) }
    }

    @Test func `arguments can be appended to others`() throws {
        var some = arguments("1", attachments: [[1]])
        some.append(contentsOf: arguments("2, [3]"))
        #expect(String(buffer: some.text) == "1,2,[3]")
        #expect(some.attachments == [ByteBuffer(bytes: [1])])
        var none = Arguments()
        none.append(contentsOf: arguments(#"{"_placeholder":true,"num":0}"#, attachments: [[7]]))
        #expect(try none.decode(ByteBuffer.self, at: 0) == ByteBuffer(bytes: [7]))
    }

    @Test func `an argument that is passed on keeps its attachments under new numbers`() throws {
        let received = arguments(
            #"{"_placeholder":true,"num":1},{"a":[{"num":0,"_placeholder":true}],"b":"{"},{"_placeholder":true,"num":0}"#,
            attachments: [[1], [2], [3]]
        )
        var sent = Arguments()
        try sent.append(ByteBuffer(bytes: [9]))
        for index in [1, 0, 2] { sent.append(json: try #require(received[index])) }
        let expected =
            #"{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}],"b":"{"},"#
            + #"{"_placeholder":true,"num":2},{"_placeholder":true,"num":3}"#
        #expect(String(buffer: sent.text) == expected)
        #expect(sent.attachments == [[9], [1], [2], [1]].map { ByteBuffer(bytes: $0) })
        var value = Arguments()
        try value.append(try #require(received[0]))
        try value.append(["x": try #require(received[2])])
        #expect(String(buffer: value.text) == #"{"_placeholder":true,"num":0},{"x":{"_placeholder":true,"num":1}}"#)
        #expect(value.attachments == [[2], [1]].map { ByteBuffer(bytes: $0) })
        #expect(try #require(received[0]).decode(ByteBuffer.self) == ByteBuffer(bytes: [2]))
    }

    @Test func `arguments with attachments keep them when they are appended`() throws {
        var some = arguments(#"{"_placeholder":true,"num":0}"#, attachments: [[1]])
        let two = #"{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}"#
        some.append(contentsOf: arguments(two, attachments: [[2], [3]]))
        for (index, byte) in [UInt8(1), 2, 3].enumerated() {
            #expect(try some.decode(ByteBuffer.self, at: index) == ByteBuffer(bytes: [byte]))
        }
    }

    @Test func `a placeholder without an attachment never refers to another value's bytes`() throws {
        let lookalike = arguments(#"{"_placeholder":true,"num":0}"#)
        var alone = Arguments()
        alone.append(contentsOf: lookalike)
        #expect(String(buffer: alone.text) == #"{"_placeholder":true,"num":0}"#)
        var before = alone
        try before.append(ByteBuffer(bytes: [1]))
        #expect(String(buffer: before.text) == #"null,{"_placeholder":true,"num":0}"#)
        var behind = Arguments()
        try behind.append(ByteBuffer(bytes: [1]))
        behind.append(contentsOf: lookalike)
        #expect(String(buffer: behind.text) == #"{"_placeholder":true,"num":0},null"#)
        var received = alone
        received.append(contentsOf: arguments(#"{"_placeholder":true,"num":0}"#, attachments: [[7]]))
        #expect(String(buffer: received.text) == #"null,{"_placeholder":true,"num":0}"#)
    }

    @Test func `an object that only resembles a placeholder isn't decoded as bytes`() {
        for text in [#"{"_placeholder":false,"num":0}"#, #"{"_placeholder":true,"num":-1}"#, #"{"num":0}"#] {
            let some = arguments(text, attachments: [[1]])
            #expect(throws: ArgumentError.self) { try some.decode(ByteBuffer.self, at: 0) }
            #expect(throws: ArgumentError.self) { try some.decode(Data.self, at: 0) }
        }
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "99999999999999999999", "0.5", "true", "\"1\""])
    func `a number that doesn't fit the type is refused`(text: String) {
        #expect(throws: ArgumentError.self) { try arguments(text).decode(Int.self, at: 0) }
    }

    @Test func `each number type has its bounds`() throws {
        let some = arguments("127,128,-128,-129,255,256,-1,-0,1e999,-9223372036854775808")
        #expect(try some.decode(Int8.self, at: 0) == 127)
        #expect(throws: ArgumentError.self) { try some.decode(Int8.self, at: 1) }
        #expect(try some.decode(Int8.self, at: 2) == -128)
        #expect(throws: ArgumentError.self) { try some.decode(Int8.self, at: 3) }
        #expect(try some.decode(UInt8.self, at: 4) == 255)
        #expect(throws: ArgumentError.self) { try some.decode(UInt8.self, at: 5) }
        #expect(throws: ArgumentError.self) { try some.decode(UInt8.self, at: 6) }
        #expect(try some.decode(UInt8.self, at: 7) == 0)
        #expect(throws: ArgumentError.self) { try some.decode(Double.self, at: 8) }
        #expect(try some.decode(Int.self, at: 9) == .min)
    }

    @Test(arguments: [
        (#""\ud800""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
        (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\uD83D\uDE00""#, "😀"),
    ])
    func `a lone surrogate at the end of a text, or before another escape, is replaced`(
        text: String,
        expected: String
    ) throws {
        #expect(try arguments(text).decode(String.self, at: 0) == expected)
    }

    @Test func `the error quotes only the beginning of a long argument`() {
        let long = "\"" + String(repeating: "é", count: 1_000) + "\""
        let error = #expect(throws: ArgumentError.self) { try arguments(long).decode(Int.self, at: 0) }
        #expect(error?.found == "\"" + String(repeating: "é", count: 79) + "…")
    }
}
