import Foundation
import NIOCore
import Testing

@testable import GustJSON

/// What `JSONDecoding` decodes, and how it refuses the rest.
@Suite struct JSONDecodingTests {
    private struct Point: Codable, Equatable {
        var x: Int
        var y: Double?
    }

    private func decode<Value: Decodable>(_ type: Value.Type = Value.self, _ text: String) throws -> Value {
        try JSONDecoding.decode(type, from: ByteBuffer(string: text))
    }

    private func fault(_ text: some Sequence<UInt8>) -> JSONTextError? {
        Array(text).withUnsafeBytes { JSONDecoding.fault(in: $0) }
    }

    // MARK: Differences from Foundation

    @Test func `keys are compared by their bytes`() throws {
        struct Accented: Decodable, Equatable {
            var é: Int
        }
        #expect(try decode(Accented.self, #"{"e\#u{301}":1,"\#u{E9}":2}"#) == Accented(é: 2))
        #expect(throws: DecodingError.self) { try decode(Accented.self, #"{"e\#u{301}":1}"#) }
    }

    @Test func `a lone surrogate is replaced`() throws {
        #expect(try decode(String.self, #""a\ud800b\udc00""#) == "a\u{FFFD}b\u{FFFD}")
        #expect(try decode([String: Int].self, #"{"\ud800":1}"#) == ["\u{FFFD}": 1])
    }

    @Test func `a number is an integer if it is exactly one`() throws {
        #expect(
            try decode([Int].self, "[1.0,1e3,100e-2,-0,0e9,9007199254740993.0]") == [
                1, 1_000, 1, 0, 0, 9_007_199_254_740_993,
            ]
        )
        for text in [
            "1.5", "1.0000000000000000001", "1e-400", "1e400", "9223372036854775808", "1e999999999999999999999",
        ] {
            #expect(throws: DecodingError.self, "\(text)") { try decode(Int.self, text) }
        }
        #expect(try decode(UInt64.self, "18446744073709551615") == .max)
        #expect(try decode(Int64.self, "-9223372036854775808") == .min)
        #expect(try decode(Int128.self, "-170141183460469231731687303715884105728") == .min)
        #expect(try decode(UInt128.self, "340282366920938463463374607431768211455") == .max)
        #expect(try decode(Int128.self, "1e30") == 1_000_000_000_000_000_000_000_000_000_000)
    }

    @Test func `a number too close to zero is zero, one that is too large is refused`() throws {
        #expect(try decode([Double].self, "[1e-400,-1e-400,5e-324]") == [0, -0.0, .leastNonzeroMagnitude])
        #expect(try decode(Float.self, "1e-60") == 0)
        #expect(throws: DecodingError.self) { try decode(Double.self, "1e400") }
        #expect(throws: DecodingError.self) { try decode(Float.self, "1e39") }
    }

    @Test func `the whole text is checked, also what isn't decoded`() {
        for text in [
            #"{"x":1,}"#, #"{"x":1,"z":01}"#, #"{"x":1,"z":"\x"}"#, #"{"x":1,"z":[1,]}"#, #"{"x":1} 2"#, #"{"x":1"#,
            "{\"x\":1,\"z\":\"\u{1}\"}", #"{"x":1,z:2}"#, #"{"x":1 "z":2}"#, #"{"x":1,"z":[}]}"#, #"{"x":1,"z":{]}"#,
        ] {
            #expect(fault(text.utf8)?.problem == .invalidJSON, "\(text)")
            #expect {
                try decode(Point.self, text)
            } throws: { error in
                guard case DecodingError.dataCorrupted(let context) = error else { return false }
                return context.underlyingError is JSONTextError
            }
        }
    }

    @Test(
        arguments: [
            [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
            [0x22, 0xE0, 0x9F, 0xBF, 0x22], [0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22], [0x22, 0x80, 0x22],
            [0x22, 0xE2, 0x82],
            [0xFF, 0xFE, 0x31, 0x00],
        ] as [[UInt8]]
    )
    func `text that isn't UTF-8 is refused`(bytes: [UInt8]) {
        #expect(fault(bytes)?.problem == .invalidUTF8)
        #expect(String(validating: bytes, as: UTF8.self) == nil)
    }

    @Test func `UTF-8 is recognised as by the standard library`() {
        var generator = SeededGenerator(9)
        let interesting: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                interesting.randomElement(using: &generator) ?? 0
            }
            let isValid = bytes.withUnsafeBytes { UTF8Check.firstInvalid(in: $0) } == nil
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    @Test func `64 levels are decoded, 65 are refused`() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(fault(deep.utf8) == nil)
        _ = try decode(AnyValue.self, deep)
        #expect(fault("[\(deep)]".utf8) == JSONTextError(.tooDeep, at: 64))
        #expect(fault(String(repeating: #"{"a":["#, count: 100_000).utf8)?.problem == .tooDeep)
    }

    @Test func `a byte order mark is skipped`() throws {
        #expect(try decode(Int.self, "\u{FEFF}1") == 1)
    }

    // MARK: Members

    @Test func `the first of the members with one key counts`() throws {
        #expect(try decode(Point.self, #"{"x":1,"y":2,"x":3,"y":4}"#) == Point(x: 1, y: 2))
        #expect(try decode([String: Int].self, #"{"a":1,"b":2,"\u0061":3}"#) == ["a": 1, "b": 2])
        let many = (0..<100).map { #""k\#($0 % 40)":\#($0)"# }.joined(separator: ",")
        let members = try decode([String: Int].self, "{\(many)}")
        #expect(members == Dictionary(uniqueKeysWithValues: (0..<40).map { ("k\($0)", $0) }))
    }

    @Test func `members are found in any order, and more than once`() throws {
        enum Key: String, CodingKey { case a, b, c, d }
        struct Reader: Decodable {
            init(from decoder: any Decoder) throws {
                let members = try decoder.container(keyedBy: Key.self)
                #expect(members.allKeys == [.c, .a, .b])
                for _ in 0..<2 {
                    #expect(try members.decode(Int.self, forKey: .b) == 2)
                    #expect(try members.decode(Int.self, forKey: .a) == 1)
                    #expect(members.contains(.c))
                    #expect(!members.contains(.d))
                    #expect(try members.decodeNil(forKey: .c))
                    #expect(try members.decodeIfPresent(String.self, forKey: .d) == nil)
                    #expect(try members.decodeIfPresent(UInt8.self, forKey: .c) == nil)
                    #expect(throws: DecodingError.self) { try members.decode(String.self, forKey: .a) }
                }
            }
        }
        _ = try decode(Reader.self, #"{"c":null,"a":1,"\u0062":2}"#)
    }

    @Test func `50,000 members are found with linear work`() throws {
        let count = 50_000
        let text = "{\((0..<count).map { #""key\#($0)":\#($0)"# }.joined(separator: ","))}"
        #expect(try decode([String: Int].self, text).count == count)
        try Array(text.utf8).withUnsafeBytes { bytes in
            var builder = JSONTapeBuilder(bytes)
            try builder.build()
            let reading = JSONReading(bytes, builder.tape, nil)
            reading.beginObject(1)
            let index = try #require(reading.index(of: 1))
            // Half of the places are free: a look-up compares less than two keys on average.
            #expect(index.comparisons < 2 * count)
            for number in stride(from: count - 1, through: 0, by: -7) {
                let value = try #require(reading.member("key\(number)", of: 1, isLast: true))
                #expect(reading.string(reading.tape[value - 1]) == "key\(number)")
            }
            #expect(reading.member("other", of: 1, isLast: true) == nil)
        }
    }

    @Test func `a class decodes its parent, from the same object or another`() throws {
        class Parent: Decodable {
            var a: Int
        }
        final class Child: Parent {
            enum Key: String, CodingKey { case b, other }
            var b: Int
            var other: Parent
            required init(from decoder: any Decoder) throws {
                let members = try decoder.container(keyedBy: Key.self)
                b = try members.decode(Int.self, forKey: .b)
                other = try Parent(from: members.superDecoder(forKey: .other))
                try super.init(from: members.superDecoder())
            }
        }
        let child = try decode(Child.self, #"{"b":2,"super":{"a":1},"other":{"a":3}}"#)
        #expect((child.a, child.b, child.other.a) == (1, 2, 3))
        #expect(throws: DecodingError.self) { try decode(Child.self, #"{"b":2,"super":{"a":1}}"#) }
    }

    @Test func `elements are decoded one after the other`() throws {
        struct Reader: Decodable {
            enum Key: String, CodingKey { case a }
            init(from decoder: any Decoder) throws {
                var elements = try decoder.unkeyedContainer()
                #expect(elements.count == 6)
                #expect(try !elements.decodeNil())
                #expect(throws: DecodingError.self) { try elements.decode(String.self) }
                #expect(elements.currentIndex == 0)
                #expect(try elements.decode(Int.self) == 1)
                #expect(try elements.decodeNil())
                #expect(try elements.nestedContainer(keyedBy: Key.self).decode(Int.self, forKey: .a) == 2)
                var nested = try elements.nestedUnkeyedContainer()
                #expect(try nested.decode(Int.self) == 3)
                #expect(nested.isAtEnd)
                #expect(try Int(from: elements.superDecoder()) == 4)
                #expect(try elements.decodeIfPresent(Int.self) == 5)
                #expect(elements.isAtEnd)
                #expect(throws: DecodingError.self) { try elements.decodeNil() }
                #expect(throws: DecodingError.self) { try elements.decode(Int.self) }
            }
        }
        _ = try decode(Reader.self, #"[1,null,{"a":2},[3],4,5]"#)
    }

    // MARK: Special types

    @Test func `bytes are base64 text`() throws {
        #expect(try decode([Data].self, #"["AQID",""]"#) == [Data([1, 2, 3]), Data()])
        #expect(try decode([ByteBuffer].self, #"["AQID"]"#) == [ByteBuffer(bytes: [1, 2, 3])])
        #expect(throws: DecodingError.self) { try decode(Data.self, #""*""#) }
    }

    @Test func `a decoder that is kept reads its value after the call`() throws {
        final class Late: Decodable {
            let decoder: any Decoder
            init(from decoder: any Decoder) { self.decoder = decoder }
        }
        let late = try decode([Late].self, #"["\#(String(repeating: "long ", count: 100))",{"x":1}]"#)
        #expect(try String(from: late[0].decoder).utf8.count == 500)
        #expect(try Point(from: late[1].decoder) == Point(x: 1))
    }

    @Test func `a string of 1 MB is decoded`() throws {
        let text = String(repeating: "0123456789abcdé\\n", count: 1 << 16)
        #expect(try decode(String.self, "\"\(text)\"").utf8.count == 17 << 16)
    }

    // MARK: Errors

    @Test func `an error has the path of the value`() {
        struct Outer: Decodable {
            var list: [Point]
        }
        func path(_ text: String) -> [String]? {
            let error = #expect(throws: DecodingError.self) { try decode([String: Outer].self, text) }
            switch error {
            case .typeMismatch(_, let context), .dataCorrupted(let context):
                return context.codingPath.map(\.stringValue)
            default: return nil
            }
        }
        #expect(path(#"{"\u0061":{"list":[{"x":1},{"x":"a"}]}}"#) == ["a", "list", "Index 1", "x"])
        #expect(path(#"{"a":{"list":[{"x":1e30}]}}"#) == ["a", "list", "Index 0", "x"])
    }

    @Test func `an error in a long array has the index of its element`() {
        // The index is written down on the tape: a search for it would make values of any shape, which fail often, quadratic.
        let text = "[\(String(repeating: "[1],", count: 50_000))true]"
        #expect {
            try decode([[Int]].self, text)
        } throws: { error in
            guard case DecodingError.typeMismatch(_, let context) = error else { return false }
            return context.codingPath.map(\.intValue) == [50_000]
        }
    }
}
