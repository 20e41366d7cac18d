import Foundation
import GustJSON
import GustWire
import NIOCore
import Testing

struct ArgumentsTests {
    private struct Point: Codable, Equatable {
        var x: Int
        var y: Double?
    }

    private struct Picture: Codable, Equatable {
        var name: String
        var pixels: Data
    }

    private func arguments(_ text: String, attachments: [[UInt8]] = []) -> Arguments {
        Arguments(trusted: ByteBuffer(string: text), attachments: attachments.map { ByteBuffer(bytes: $0) })
    }

    @Test func `arguments are counted and found without decoding them`() {
        let some = arguments(#""a,b" , [1,[2,3]],{"c":"]"},null"#)
        #expect(some.count == 4)
        #expect(some[0]?.description == #""a,b""#)
        #expect(some[1]?.description == "[1,[2,3]]")
        #expect(some[2]?.description == #"{"c":"]"}"#)
        #expect(some[3]?.description == "null")
        #expect(some[4] == nil)
        #expect(some[-1] == nil)
        #expect(Arguments().count == 0)
    }

    @Test func `values are decoded as the requested type`() throws {
        let some = arguments(
            #""a\n\u00e9\ud83d\ude00",-7,2.5,true,{"x":1},[1,2],null,18446744073709551615,9007199254740993,1e3"#
        )
        #expect(try some.decode(String.self, at: 0) == "a\né😀")
        #expect(try some.decode(Int.self, at: 1) == -7)
        #expect(try some.decode(Int8.self, at: 1) == -7)
        #expect(try some.decode(Double.self, at: 2) == 2.5)
        #expect(try some.decode(Double.self, at: 1) == -7)
        #expect(try some.decode(Bool.self, at: 3))
        #expect(try some.decode(Point.self, at: 4) == Point(x: 1))
        #expect(try some.decode([Int].self, at: 5) == [1, 2])
        #expect(try some.decode(Int?.self, at: 6) == nil)
        #expect(try some.decode(Int?.self, at: 1) == -7)
        #expect(try some.decode(Int?.self, at: 99) == nil)
        #expect(try some.decode(UInt64.self, at: 7) == .max)
        #expect(try some.decode(Int64.self, at: 8) == 9_007_199_254_740_993)
        #expect(try some.decode(Decimal.self, at: 8) == Decimal(string: "9007199254740993"))
        #expect(try some.decode(Int.self, at: 9) == 1_000)
        #expect(try some.decode(JSONSlice.self, at: 4).description == #"{"x":1}"#)
    }

    @Test func `JSON inside of a value is kept byte for byte`() throws {
        struct Envelope: Codable {
            var kind: String
            var content: JSONSlice
        }
        let some = arguments(#"{"kind":"x","content": {"b":1, "a":[1,2.50,9007199254740993,null,true,"\u00e9"]} }"#)
        let envelope = try some.decode(Envelope.self, at: 0)
        #expect(envelope.content.description == #"{"b":1, "a":[1,2.50,9007199254740993,null,true,"\u00e9"]}"#)
        #expect(
            try JSONSlice.encode(envelope).description == #"{"kind":"x","content":"# + envelope.content.description
                + "}"
        )
        #expect(throws: EncodingError.self) { try JSONSlice.encode(ByteBuffer(bytes: [1])) }
    }

    @Test func `a lone surrogate is replaced`() throws {
        #expect(try arguments(#""a\ud800b""#).decode(String.self, at: 0) == "a\u{FFFD}b")
        #expect(try arguments(#""\ud800\ud800\udc00""#).decode(String.self, at: 0) == "\u{FFFD}\u{10000}")
        #expect(try arguments(#""\udc00""#).decode(String.self, at: 0) == "\u{FFFD}")
    }

    @Test(arguments: [
        (#""x""#, 0, "argument 0: expected Int, found \"x\""), ("1.5", 0, "argument 0: expected Int, found 1.5"),
        ("1", 1, "argument 1: expected Int, found nothing"), ("null", 0, "argument 0: expected Int, found null"),
        ("1e999", 0, "argument 0: expected Int, found 1e999"),
    ])
    func `the error names a wrong argument`(text: String, index: Int, description: String) {
        let error = #expect(throws: ArgumentError.self) { try arguments(text).decode(Int.self, at: index) }
        #expect(error?.description == description)
    }

    @Test func `values are written as by JSON.stringify`() throws {
        var some = Arguments()
        try some.append("a\"b\\/\n\u{1}é😀")
        try some.append(-7)
        try some.append(1.0)
        try some.append(0.1)
        try some.append(Float(0.1))
        try some.append(true)
        try some.append(Int?.none)
        try some.append(Int?.some(3))
        try some.append(UInt64.max)
        try some.append(Point(x: 1, y: 2))
        try some.append(["a/b"])
        try some.append(Decimal(string: "12345678901234567890.123"))
        some.append(json: json(#"{"as":  "is"}"#))
        try some.append(json("[ 1 ]"))
        #expect(
            String(buffer: some.text) == #""a\"b\\/\n\u0001é😀",-7,1,0.1,0.1,true,null,3,18446744073709551615,"#
                + #"{"x":1,"y":2},["a/b"],12345678901234567890.123,{"as":  "is"},[ 1 ]"#
        )
    }

    @Test func `every ASCII character is preserved by encoding and decoding`() throws {
        let text = String(String.UnicodeScalarView((0..<0x80).compactMap { Unicode.Scalar($0) })) + "é\u{2028}</script>"
        for text in [text, String(text.reversed()), String(repeating: "\"", count: 1_000), "\n", ""] {
            var some = Arguments()
            try some.append(text)
            #expect(try JSONSlice(validating: some.text).decode(String.self) == text)
            var script = ByteBuffer()
            JSONText.writeForScript(ByteBuffer(string: text), into: &script)
            #expect(try JSONSlice(validating: script).decode(String.self) == text)
            #expect(!String(buffer: script).contains("<"))
            #expect(!String(buffer: script).unicodeScalars.contains("\u{2028}"))
        }
        var some = Arguments()
        try some.append("\u{0}\u{1F}\u{8}\t\n\u{C}\r\u{7F}")
        #expect(String(buffer: some.text) == "\"\\u0000\\u001f\\b\\t\\n\\f\\r\u{7F}\"")
    }

    @Test func `bytes become attachments, also within values`() throws {
        var some = Arguments()
        try some.append(ByteBuffer(bytes: [1]))
        try some.append([Picture(name: "p", pixels: Data([2, 3]))])
        try some.append(Data([4]))
        #expect(
            String(buffer: some.text) == #"{"_placeholder":true,"num":0},"#
                + #"[{"name":"p","pixels":{"_placeholder":true,"num":1}}],{"_placeholder":true,"num":2}"#
        )
        #expect(some.attachments == [[1], [2, 3], [4]].map { ByteBuffer(bytes: $0) })
        #expect(try some.decode(ByteBuffer.self, at: 0) == ByteBuffer(bytes: [1]))
        #expect(try some.decode([Picture].self, at: 1) == [Picture(name: "p", pixels: Data([2, 3]))])
        #expect(try some.decode(Data.self, at: 2) == Data([4]))
    }

    @Test func `a value that can't be encoded leaves the arguments unchanged`() throws {
        struct Faulty: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                try container.encode(Data([1]))
                try container.encode(Double.nan)
            }
        }
        var some = Arguments()
        try some.append(1)
        #expect(throws: EncodingError.self) { try some.append(Faulty()) }
        #expect(throws: EncodingError.self) { try some.append(Double.infinity) }
        try some.append(2)
        #expect(String(buffer: some.text) == "1,2")
        #expect(some.attachments.isEmpty)
    }

    @Test func `members are encoded in the order of their declaration`() throws {
        struct Wide: Encodable {
            var zebra = 1
            var apple: Int? = nil
            var mango: String? = "m/\u{1}"
            var inner = [["b": 1], [:]]
            var date = Date(timeIntervalSinceReferenceDate: 1.5)
            var decimal = Decimal(string: "0.1")
            var address = URL(string: "https://gust.example/a?b=c")
            var id = UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F")
            var kind = Kind.second
            var nothing = Nothing()
            var bytes = ByteBuffer(bytes: [7])
            var json = JSONSlice(trusted: ByteBuffer(string: #"{"z":[1,  2],"a":1.10}"#))
        }
        enum Kind: String, Encodable { case second }
        struct Nothing: Encodable {}
        var some = Arguments()
        try some.append(Wide())
        #expect(
            String(buffer: some.text)
                == #"{"zebra":1,"mango":"m/\u0001","inner":[{"b":1},{}],"date":"2001-01-01T00:00:01.500Z","#
                + #""decimal":0.1,"address":"https://gust.example/a?b=c","id":"E621E1F8-C36C-495A-93FC-0C247A3E6E5F","kind":"second","#
                + #""nothing":{},"bytes":{"_placeholder":true,"num":0},"json":{"z":[1,  2],"a":1.10}}"#
        )
        #expect(some.attachments == [ByteBuffer(bytes: [7])])
        #expect(throws: Never.self) { try JSONSlice(validating: some.text) }
    }

    @Test func `a custom implementation of Encodable is supported`() throws {
        class Base: Encodable {
            var a = 1
            enum CodingKeys: CodingKey { case a }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(a, forKey: .a)
            }
        }
        final class Derived: Base {
            enum CodingKeys: CodingKey { case list, b, none }
            override func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                var list = container.nestedUnkeyedContainer(forKey: .list)
                try container.encode(2, forKey: .b)
                // The list that was begun before is continued.
                try list.encode(list.count)
                try list.encodeNil()
                var object = list.nestedContainer(keyedBy: CodingKeys.self)
                try object.encode([Int](), forKey: .list)
                try container.encodeNil(forKey: .none)
                try super.encode(to: encoder)
                try super.encode(to: container.superEncoder())
            }
        }
        var some = Arguments()
        try some.append(Derived())
        #expect(String(buffer: some.text) == #"{"list":[0,null,{"list":[]}],"b":2,"none":null,"a":1,"super":{"a":1}}"#)
    }

    @Test func `a type that encodes nothing is an empty object`() throws {
        struct Silent: Encodable { func encode(to encoder: any Encoder) {} }
        var some = Arguments()
        try some.append(Silent())
        try some.append([Silent()])
        #expect(String(buffer: some.text) == "{},[{}]")
    }

    @Test func `the error has the path of a value that can't be encoded`() throws {
        struct Inner: Encodable { var list = [1, Double.nan] }
        struct Outer: Encodable { var inner = Inner() }
        var some = Arguments()
        do {
            try some.append(Outer())
            Issue.record("nothing was thrown")
        } catch EncodingError.invalidValue(_, let context) {
            #expect(context.codingPath.map(\.stringValue) == ["inner", "list", "Index 1"])
        }
    }

    @Test func `base64 text is decoded as bytes`() throws {
        #expect(try arguments(#""AQID""#).decode(ByteBuffer.self, at: 0) == ByteBuffer(bytes: [1, 2, 3]))
        #expect(try arguments(#""AQID""#).decode(Data.self, at: 0) == Data([1, 2, 3]))
        #expect(try arguments(#"{"name":"p","pixels":"AQ=="}"#).decode(Picture.self, at: 0).pixels == Data([1]))
    }

    @Test func `a placeholder without its attachment isn't decoded`() {
        for text in [#"{"_placeholder":true,"num":0}"#, #"{"\u005fplaceholder":true,"num":-1}"#, #""*""#, "1"] {
            #expect(throws: ArgumentError.self) { try arguments(text).decode(ByteBuffer.self, at: 0) }
        }
        #expect(throws: ArgumentError.self) {
            try arguments(#"{"_placeholder":true,"num":1}"#, attachments: [[1]]).decode(Data.self, at: 0)
        }
    }

    @Test(arguments: [
        "", "{", "tru", "1 2", "\"a", "[1,]", "\u{FEFF}1", "NaN", "'a'", "{\"a\":1,}", "0x1", "--1", "1e",
    ])
    func `text that isn't JSON is refused`(text: String) {
        #expect(throws: WireError.self) { try JSONSlice(validating: ByteBuffer(string: text)) }
    }

    @Test(arguments: ["0", " 1 ", "-0.5E+10", "\"\"", "[]", "{}", " [ 1 , { \"a\" : null } ] ", "\"\\u0000\""])
    func `JSON text is kept byte for byte`(text: String) throws {
        #expect(try JSONSlice(validating: ByteBuffer(string: text)).description == text)
    }

    @Test func `JSON must be UTF-8`() {
        #expect(throws: WireError(.invalidUTF8)) { try JSONSlice(validating: ByteBuffer(bytes: [0x22, 0xFF, 0x22])) }
    }
}
