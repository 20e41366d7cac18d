import GustJSON
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

private struct Event: Codable, Equatable {
    struct Author: Codable, Equatable {
        var name: String
        var id: Int
    }

    var id: Int
    var room: String
    var author: Author
    var text: String
    var weight: Double
    var isPinned: Bool
    var tags: [String]
}

/// Measures decoding and encoding of an event of 126 bytes, beside Foundation's coders.
func measureJSON() throws {
    let text = ByteBuffer(
        string: #"{"id":471,"room":"lobby","author":{"name":"ada","id":17},"text":"hello there","#
            + #""weight":2.75,"isPinned":true,"tags":["a","bc"]}"#
    )
    let data = Data(text.readableBytesView)
    let decoder = JSONDecoder()
    let encoder = JSONEncoder()
    let event = try JSONDecoding.decode(Event.self, from: text)
    let sorted = JSONEncoder()
    sorted.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    precondition(text.readableBytes == 126)
    let known = try decoder.decode(Event.self, from: data)
    let written = try JSONEncoding.encode(event, JSONStyle())
    precondition(known == event && written == text)
    func run(_ name: String, _ body: () throws -> Void) {
        measure(name, count: 100_000) {
            do { try body() } catch { print("\(name): \(error)") }
        }
    }
    run("decode an event of 126 bytes, by Foundation") { _ = try decoder.decode(Event.self, from: data) }
    run("decode an event of 126 bytes, by Gust") { _ = try JSONDecoding.decode(Event.self, from: text) }
    run("encode an event of 126 bytes, by Foundation") { _ = try encoder.encode(event) }
    run("encode an event of 126 bytes, by Gust") { _ = try JSONEncoding.encode(event, JSONStyle()) }
    run("encode an event, sorted keys, by Foundation") { _ = try sorted.encode(event) }
    run("encode an event, sorted keys, by Gust") { _ = try JSONEncoding.encode(event, JSONStyle(sortsKeys: true)) }
}
