/// The name and the type of a value in ``SocketData``, declared once.
///
/// ```swift
/// extension SocketDataKey where Value == String {
///     static let username = SocketDataKey("username")
/// }
/// socket.data[.username] = "ada"
/// ```
public struct SocketDataKey<Value: Codable & Sendable>: Sendable {
    /// The name of the member in the encoded form.
    public let name: String

    /// Declares a key.
    ///
    /// Two keys with the same name share a value.
    public init(_ name: String) {
        self.name = name
    }
}
