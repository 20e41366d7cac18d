import Foundation
import NIOCore
import Testing

@testable import GustJSON

/// Random values are encoded as by the tree encoder, and with sorted keys byte for byte as by Foundation's `JSONEncoder`.
@Suite struct EncodingDifferentialTests {
    private func foundations(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601Text
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func tree(_ value: some Encodable, _ style: JSONStyle) throws -> (ByteBuffer, [ByteBuffer]) {
        var text = ByteBuffer()
        var attachments: [ByteBuffer] = []
        try JSONEncoding.encodeTree(value, style, into: &text, attachments: &attachments)
        return (text, attachments)
    }

    private func check(_ value: some Encodable) throws {
        let sorted = JSONStyle(sortsKeys: true)
        #expect(String(buffer: try JSONEncoding.encode(value, sorted)) == (try foundations(value)))
        #expect(try tree(value, sorted).0 == JSONEncoding.encode(value, sorted))
        var text = ByteBuffer()
        var attachments: [ByteBuffer] = []
        let attaching = JSONStyle(attachesBytes: true)
        try JSONEncoding.encode(value, attaching, into: &text, attachments: &attachments)
        #expect(try tree(value, attaching) == (text, attachments))
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a value with members of all kinds is the same`(seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        for _ in 0..<500 {
            let value = Everything.random(&generator)
            try check(value)
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601Text
            let text = try JSONEncoding.encode(value, JSONStyle())
            #expect(try decoder.decode(Everything.self, from: Data(text.readableBytesView)) == value)
            #expect(try JSONDecoding.decode(Everything.self, from: text) == value)
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a value of any shape is the same`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed &+ 50)
        for _ in 0..<500 {
            let text = random.text()
            try check(try JSONDecoding.decode(AnyValue.self, from: ByteBuffer(string: text)))
        }
    }

    @Test func `numbers are the same`() throws {
        var generator = SeededGenerator(7)
        var doubles = [0, -0.0, 1e15, 1e16, 9_007_199_254_740_991, 9_007_199_254_740_992, .leastNonzeroMagnitude]
        doubles.append(.greatestFiniteMagnitude)
        doubles += (0..<5_000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
        doubles += (0..<5_000).map { _ in Double.random(in: -1e6...1e6, using: &generator).rounded() }
        try check(doubles)
        try check(doubles.map { [$0] })
        try check(
            (0..<5_000).map { _ in Float(bitPattern: UInt32.random(in: 0 ... .max, using: &generator)) }.filter(
                \.isFinite
            )
        )
        try check([Int64.min, .max, 0, -1, 9, 10, 99, 100, -100])
        try check([UInt64.max, 0, 1])
        try check([Int8.min, .max])
        try check((0..<1_000).map { _ in Int64(bitPattern: generator.next()) })
        try check(["1e30", "0.10", "-5", "12345678901234567890.123"].compactMap { Decimal(string: $0) })
    }

    @Test func `keys are sorted as by Foundation`() throws {
        let keys = [
            "b", "a", "B", "é", "e\u{301}x", "a1", "a10", "a2", "", "\"", "\\", "/", "\n", "z\u{1}", "😀", "\u{FFFD}",
        ]
        for count in 0...keys.count {
            let some = keys.prefix(count)
            var flat: [String: Int] = [:]
            var nested: [String: [String: [[String: Int]]]] = [:]
            for key in some {
                flat[key] = key.utf8.count
                nested[key] = [key: [["d": 1, "c": 2]], "y": []]
            }
            try check(flat)
            try check(nested)
        }
    }
}
