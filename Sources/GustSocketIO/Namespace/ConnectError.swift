package import GustWire
import NIOCore

/// An error that a middleware throws to refuse a client that joins a namespace.
///
/// The `connect_error` handler of the client receives the message and the data.
///
/// ```swift
/// io["/admin"].use { socket in
///     guard socket.handshake.query["token"] == "secret" else {
///         throw try ConnectError("not authorized", data: ["code": 1])
///     }
/// }
/// ```
public struct ConnectError: Error, Sendable {
    /// The text that is sent to the client.
    package let message: String
    /// JSON that is sent to the client beside the message; nil for none.
    package let data: JSONSlice?

    /// Makes an error with a message.
    public init(_ message: String) {
        self.message = message
        data = nil
    }

    /// Makes an error with a message and data.
    ///
    /// - Throws: `EncodingError` if `data` can't be encoded.
    public init(_ message: String, data: some Encodable) throws {
        self.message = message
        self.data = try JSONSlice.encode(data)
    }

    static let invalidNamespace = ConnectError("Invalid namespace")
    static let tooManyNamespaces = ConnectError("Too many namespaces")
    static let tooManyQuestions = ConnectError("Too many clients are waiting")
    static let unansweredQuestion = ConnectError("Namespace timeout")

    /// The payload of the `CONNECT_ERROR` packet.
    var payload: JSONSlice {
        var arguments = Arguments()
        do { try arguments.append(message) } catch { return JSONSlice(trusted: ByteBuffer(string: #"{"message":""}"#)) }
        var text = ByteBuffer(string: #"{"message":"#)
        text.writeImmutableBuffer(arguments.text)
        if let data {
            text.writeString(#","data":"#)
            text.writeImmutableBuffer(data.bytes)
        }
        text.writeString("}")
        return JSONSlice(trusted: text)
    }
}
