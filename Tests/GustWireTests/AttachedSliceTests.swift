import Foundation
import NIOCore
import Testing

@testable import GustWire

/// Undecoded JSON with attachments keeps them, wherever it stands in an argument.
@Suite struct AttachedSliceTests {
    private let bytes = ByteBuffer(bytes: [1, 2])

    private func sent(_ value: some Encodable) throws -> Arguments {
        var arguments = Arguments()
        try arguments.append(value)
        return arguments
    }

    @Test func `an argument decoded as undecoded JSON is sent with its attachment`() throws {
        let slice = try sent(["b": bytes]).decode(JSONSlice.self, at: 0)
        let again = try sent(slice)
        #expect(String(buffer: again.text) == #"{"b":{"_placeholder":true,"num":0}}"#)
        #expect(again.attachments == [bytes])
    }

    @Test func `bytes within a value are decoded from their attachments`() throws {
        struct Sent: Encodable {
            var pixels: ByteBuffer
            var rest: ByteBuffer
        }
        struct Picture: Codable, Equatable {
            var pixels: ByteBuffer
            var rest: JSONSlice
        }
        let arguments = try sent(["p": Sent(pixels: bytes, rest: bytes)])
        let picture = try #require(try arguments.decode([String: Picture].self, at: 0)["p"])
        #expect(picture.pixels == bytes)
        #expect(picture.rest.description == #"{"_placeholder":true,"num":1}"#)
        let again = try sent(picture)
        #expect(
            String(buffer: again.text)
                == #"{"pixels":{"_placeholder":true,"num":0},"rest":{"_placeholder":true,"num":1}}"#
        )
        #expect(again.attachments == [bytes, bytes])
    }

    @Test func `undecoded JSON is encoded and decoded by Foundation with its values`() throws {
        let slice = JSONSlice(trusted: ByteBuffer(string: #"{"a" : [1, 2.50, "\u00e9", null, true]}"#))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode([slice])
        #expect(String(decoding: data, as: UTF8.self) == #"[{"a":[1,2.5,"é",null,true]}]"#)
        #expect(
            try JSONDecoder().decode([JSONSlice].self, from: data).first?.description == #"{"a":[1,2.5,"é",null,true]}"#
        )
    }

    @Test func `members decoded as undecoded JSON are sent with their attachments`() throws {
        let members = try sent(["b": bytes]).decode([String: JSONSlice].self, at: 0)
        let again = try sent(try #require(members["b"]))
        #expect(again.attachments == [bytes])
    }
}
