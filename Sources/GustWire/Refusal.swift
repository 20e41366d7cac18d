/// The reason why a request is refused before it reaches a connection.
package enum Refusal: Sendable, Equatable {
    case unknownTransport
    case unknownSession
    case badHandshakeMethod
    case badRequest
    case forbidden(String)
    case unsupportedVersion
}

extension Refusal {
    /// The number of the error in Engine.IO (engine.io 6.6, `Server.errors`).
    package var code: Int {
        switch self {
        case .unknownTransport: 0
        case .unknownSession: 1
        case .badHandshakeMethod: 2
        case .badRequest: 3
        case .forbidden: 4
        case .unsupportedVersion: 5
        }
    }

    /// The message of the error in Engine.IO (engine.io 6.6, `Server.errorMessages`).
    package var message: String {
        switch self {
        case .unknownTransport: "Transport unknown"
        case .unknownSession: "Session ID unknown"
        case .badHandshakeMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden(let message): message.isEmpty ? "Forbidden" : message
        case .unsupportedVersion: "Unsupported protocol version"
        }
    }

    /// The likely causes of an unknown sid, for the developer who reads the response or the log.
    package static let causesOfUnknownSession =
        "the connection has ended, the server has restarted, or the request was sent to another node than the handshake: "
        + "with several nodes, a proxy must keep each client on its node, even if the nodes share an adapter, or the nodes must forward "
        + "requests to each other (SocketIOSettings.forwarding of GustForwarding)"

    /// The likely causes if the nodes forward requests to each other.
    package static let causesOfUnknownForwardedSession =
        "the connection has ended, or the node on which it lived has stopped or can't be reached"
}
