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

    @Test func `members decoded as undecoded JSON are sent with their attachments`() throws {
        let members = try sent(["b": bytes]).decode([String: JSONSlice].self, at: 0)
        let again = try sent(try #require(members["b"]))
        #expect(again.attachments == [bytes])
    }
}
