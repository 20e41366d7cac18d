import Foundation
import NIOCore
import Testing

@testable import GustJSON

/// What `JSONEncoding` writes, also for types that encode their values out of order.
@Suite struct JSONEncodingTests {
    private enum Key: String, CodingKey { case a, b, c }

    private struct Custom: Encodable {
        let body: (any Encoder) throws -> Void
        init(_ body: @escaping (any Encoder) throws -> Void) { self.body = body }
        func encode(to encoder: any Encoder) throws { try body(encoder) }
    }

    private func text(_ value: some Encodable) throws -> String {
        String(buffer: try JSONEncoding.encode(value, JSONStyle()))
    }

    private func needsTree(_ value: some Encodable) throws -> Bool {
        let writing = JSONWriting(JSONStyle(), attachments: [])
        try JSONValueEncoder(writing: writing, place: writing.open(.value)).encode(value)
        return writing.needsTree
    }

    @Test func `an outer container ends the inner ones`() throws {
        let value = Custom { encoder in
            var members = encoder.container(keyedBy: Key.self)
            var list = members.nestedUnkeyedContainer(forKey: .a)
            try list.encode(1)
            var inner = list.nestedContainer(keyedBy: Key.self)
            try inner.encode("x", forKey: .c)
            _ = list.superEncoder()
            try members.encode(2, forKey: .b)
            try Custom { _ in }.encode(to: members.superEncoder())
        }
        #expect(try text([value]) == #"[{"a":[1,{"c":"x"},{}],"b":2,"super":{}}]"#)
        #expect(try !needsTree(value))
    }

    @Test func `an inner container that is used again gets its values`() throws {
        let value = Custom { encoder in
            var members = encoder.container(keyedBy: Key.self)
            var list = members.nestedUnkeyedContainer(forKey: .a)
            try members.encode(2, forKey: .b)
            try list.encode(1)
        }
        #expect(try text([value]) == #"[{"a":[1],"b":2}]"#)
        #expect(try needsTree(value))
    }

    @Test func `a member that is encoded twice is written once, with the last value`() throws {
        let value = Custom { encoder in
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(1, forKey: .a)
            try members.encode(2, forKey: .b)
            try members.encode(3, forKey: .a)
        }
        #expect(try text(value) == #"{"a":3,"b":2}"#)
        #expect(try needsTree(value))
        struct NumberedKey: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
        let many = Custom { encoder in
            var members = encoder.container(keyedBy: NumberedKey.self)
            for number in 0..<100 { try members.encode(number, forKey: NumberedKey(stringValue: "k\(number % 60)")) }
        }
        #expect(try JSONDecoding.decode([String: Int].self, from: ByteBuffer(string: text(many))).count == 60)
        #expect(try needsTree(many))
    }

    @Test func `a parent and its child write members of one object`() throws {
        class Parent: Encodable {
            var a = 1
            enum CodingKeys: CodingKey { case a }
        }
        final class Child: Parent {
            override func encode(to encoder: any Encoder) throws {
                var members = encoder.container(keyedBy: Key.self)
                try members.encode([2], forKey: .b)
                try super.encode(to: encoder)
            }
        }
        #expect(try text(Child()) == #"{"b":[2],"a":1}"#)
        #expect(try !needsTree(Child()))
    }

    @Test func `a value that fails is left out, if the type goes on`() throws {
        let value = Custom { encoder in
            var members = encoder.container(keyedBy: Key.self)
            #expect(throws: EncodingError.self) { try members.encode(Double.nan, forKey: .a) }
            #expect(throws: EncodingError.self) { try members.encode([[1, Double.infinity]], forKey: .c) }
            try members.encode(2, forKey: .b)
            var list = members.nestedUnkeyedContainer(forKey: .a)
            #expect(throws: EncodingError.self) { try list.encode(Float.infinity) }
            #expect(throws: EncodingError.self) { try list.encode([Double.nan]) }
            try list.encode(1)
        }
        #expect(try text(value) == #"{"b":2,"a":[1]}"#)
        var tree = ByteBuffer()
        var none: [ByteBuffer] = []
        try JSONEncoding.encodeTree(value, JSONStyle(), into: &tree, attachments: &none)
        #expect(try String(buffer: tree) == text(value))
    }

    @Test func `a value that fails after it went on with an outer container is left out`() throws {
        let value = Custom { encoder in
            var list = encoder.unkeyedContainer()
            var members = list.nestedContainer(keyedBy: Key.self)
            let failing = Custom { _ in
                try list.encode(1)
                throw CancellationError()
            }
            #expect(throws: CancellationError.self) { try members.encode(failing, forKey: .a) }
            try members.encode(2, forKey: .b)
        }
        #expect(try text(value) == #"[{"b":2},1]"#)
    }

    @Test func `an error has the path of the value, and the text is unchanged`() throws {
        struct Inner: Encodable { var numbers = ["k\"": [1, Double.nan]] }
        struct Outer: Encodable { var list = [Inner()] }
        for date in [false, true] {
            var output = ByteBuffer(string: "x")
            var attachments = [ByteBuffer(string: "y")]
            do {
                if date {
                    try JSONEncoding.encode(
                        [Date(timeIntervalSince1970: 1e15)],
                        JSONStyle(),
                        into: &output,
                        attachments: &attachments
                    )
                } else {
                    try JSONEncoding.encode(Outer(), JSONStyle(), into: &output, attachments: &attachments)
                }
                Issue.record("nothing was thrown")
            } catch EncodingError.invalidValue(_, let context) {
                let path = context.codingPath.map(\.stringValue)
                #expect(path == (date ? ["Index 0"] : ["list", "Index 0", "numbers", "k\"", "Index 1"]))
            }
            #expect(output == ByteBuffer(string: "x"))
            #expect(attachments == [ByteBuffer(string: "y")])
        }
    }

    @Test func `the path of a container and of an encoder is where it stands`() throws {
        let value = Custom { encoder in
            #expect(encoder.codingPath.map(\.stringValue) == ["Index 0"])
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(1, forKey: .a)
            #expect(members.codingPath.map(\.stringValue) == ["Index 0"])
            let list = members.nestedUnkeyedContainer(forKey: .b)
            #expect(list.codingPath.map(\.stringValue) == ["Index 0", "b"])
            #expect(members.superEncoder(forKey: .c).codingPath.map(\.stringValue) == ["Index 0", "c"])
        }
        #expect(try text([value]) == #"[{"a":1,"b":[],"c":{}}]"#)
    }

    @Test func `bytes become attachments in the order of the text`() throws {
        struct Picture: Encodable {
            var pixels: Data
            var more: [ByteBuffer?]
        }
        var text = ByteBuffer()
        var attachments = [ByteBuffer(bytes: [0])]
        let picture = Picture(pixels: Data([1]), more: [ByteBuffer(bytes: [2]), nil])
        try JSONEncoding.encode(picture, JSONStyle(attachesBytes: true), into: &text, attachments: &attachments)
        #expect(
            String(buffer: text)
                == #"{"pixels":{"_placeholder":true,"num":1},"more":[{"_placeholder":true,"num":2},null]}"#
        )
        #expect(attachments == [[0], [1], [2]].map { ByteBuffer(bytes: $0) })
    }

    @Test func `a type that encodes nothing is an empty object`() throws {
        #expect(try text(Custom { _ in }) == "{}")
        #expect(try text([Custom { _ in }]) == "[{}]")
        let wrapping = Custom { encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Custom { _ in })
        }
        #expect(try text(wrapping) == "{}")
    }

    @Test func `a million bytes are written`() throws {
        let long = String(repeating: "0123456789abcd\"\n", count: 1 << 16)
        let written = try JSONEncoding.encode([long], JSONStyle())
        #expect(written.readableBytes == 18 * (1 << 16) + 4)
        #expect(try JSONDecoding.decode([String].self, from: written) == [long])
    }

    @Test func `a value that nests too deep is refused`() throws {
        struct Chain: Encodable {
            var next: [Chain]

            init(_ depth: Int) { next = depth > 1 ? [Chain(depth - 1)] : [] }
        }
        // Each link is an object and an array.
        #expect(try text(Chain(255)).utf8.count > 255 * 10)
        let error = try #require(throws: EncodingError.self) { try text(Chain(300)) }
        guard case .invalidValue(_, let context) = error else {
            Issue.record("another error: \(error)")
            return
        }
        #expect(context.debugDescription == "the value nests deeper than 512 levels")
    }
}
