/// A close code (RFC 6455 §7.4).
public struct WebSocketCloseCode: Sendable, Hashable, RawRepresentable {
    /// The number on the wire.
    public var rawValue: UInt16

    /// Wraps a number; see ``isSendable`` for those an endpoint may send.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The purpose was fulfilled.
    public static let normalClosure = Self(rawValue: 1000)
    /// The server goes down, or the page was left.
    public static let goingAway = Self(rawValue: 1001)
    /// The peer broke the protocol.
    public static let protocolError = Self(rawValue: 1002)
    /// The peer sent a kind of data that isn't accepted here.
    public static let unsupportedData = Self(rawValue: 1003)
    /// A text message was not UTF-8.
    public static let invalidPayload = Self(rawValue: 1007)
    /// A message broke a rule of this endpoint.
    public static let policyViolation = Self(rawValue: 1008)
    /// A message was too big.
    public static let messageTooBig = Self(rawValue: 1009)
    /// The server met an unexpected condition.
    public static let internalError = Self(rawValue: 1011)
    /// The server restarts; try again later.
    public static let serviceRestart = Self(rawValue: 1012)

    /// Whether the code may stand in a close frame: 1000–1003, 1007–1014, 3000–4999.
    public var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
