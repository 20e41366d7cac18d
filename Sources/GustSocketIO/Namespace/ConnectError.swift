public import GustWire
import NIOCore

/// Refuses a client that wants to join a namespace; thrown by a middleware.
///
/// The client's `connect_error` handler gets the message, and the data if there is any.
///
/// ```swift
/// io["/admin"].use { socket in
///     guard socket.handshake.query["token"] == "secret" else {
///         throw try ConnectError("not authorized", data: ["code": 1])
///     }
/// }
/// ```
public struct ConnectError: Error, Sendable {
    /// The text that the client reads.
    public let message: String
    /// More for the client, as JSON; nil for nothing.
    public let data: JSONSlice?

    /// Refuses with a text alone.
    public init(_ message: String) {
        self.message = message
        data = nil
    }

    /// Refuses with a text and more.
    ///
    /// - Throws: `EncodingError` if `data` can't be encoded.
    public init(_ message: String, data: some Encodable) throws {
        self.message = message
        self.data = try JSONSlice.encode(data)
    }

    static let invalidNamespace = ConnectError("Invalid namespace")
    static let tooManyNamespaces = ConnectError("Too many namespaces")

    /// The CONNECT_ERROR packet's payload.
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
