/// A close code (RFC 6455 §7.4).
public struct WebSocketCloseCode: Sendable, Hashable, RawRepresentable {
    /// The number on the wire.
    public var rawValue: UInt16

    /// Wraps a number; see `isSendable` for the numbers that a close frame may have.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The purpose of the connection has been fulfilled.
    public static let normalClosure = Self(rawValue: 1000)
    /// The server is shutting down, or the browser has left the page.
    public static let goingAway = Self(rawValue: 1001)
    /// The peer violated the protocol.
    public static let protocolError = Self(rawValue: 1002)
    /// The peer sent a type of data that this endpoint can't accept.
    public static let unsupportedData = Self(rawValue: 1003)
    /// The data of a message was invalid, such as a text message that isn't UTF-8.
    public static let invalidPayload = Self(rawValue: 1007)
    /// A message violated the policy of this endpoint.
    public static let policyViolation = Self(rawValue: 1008)
    /// A message was too big.
    public static let messageTooBig = Self(rawValue: 1009)
    /// The server encountered an unexpected condition.
    public static let internalError = Self(rawValue: 1011)
    /// The server is restarting; the client may reconnect later.
    public static let serviceRestart = Self(rawValue: 1012)

    /// Whether a close frame may have this code: 1000–1003, 1007–1014 or 3000–4999.
    package var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
