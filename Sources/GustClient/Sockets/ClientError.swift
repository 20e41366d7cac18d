public import GustWire

/// Why a client isn't connected, or why something that it was asked for didn't happen.
public enum ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No connection could be opened: the host is unknown, nobody listens, the certificate isn't trusted, the proxy refuses, ….
    case connectionFailed(String)
    /// A setting can't be used, such as a file of a certificate that can't be read; the client doesn't try again.
    case unusableSetting(String)
    /// The server answered with another status than the protocol asks for; `message` is the beginning of its body.
    case refused(status: Int, message: String)
    /// The server redirects to another URL, which a client of Socket.IO doesn't follow.
    case redirected(to: String)
    /// Something didn't happen in time.
    case timedOut(String)
    /// The server sent something that the protocol doesn't allow, or more than ``ClientLimits`` allow.
    case protocolViolation(String)
    /// The server refused the namespace: the message of its middleware, and the data with it.
    case namespaceRefused(message: String, data: JSONSlice?)
    /// The connection ended.
    case transportClosed
    /// The connection failed after it had been opened, such as when the server's operating system has reset it.
    case transportFailed(String)
    /// The server was silent for longer than its heartbeat allows.
    case pingTimeout
    /// The socket isn't connected, or was disconnected before the acknowledgement was received.
    case disconnected
    /// The server didn't acknowledge the event in time.
    case acknowledgementTimedOut
    /// More waits to be sent than ``ClientLimits`` allow.
    case bufferFull
    /// The server's revision has no events, acknowledgements or namespaces.
    case notSupported(String)
    /// The client gave up: ``ReconnectionSettings/maximumAttempts`` attempts have failed; the text is the last error.
    case gaveUp(String)
    /// The client was closed by the program.
    case closed

    /// What happened, in a sentence.
    public var description: String {
        switch self {
        case .connectionFailed(let reason): "no connection could be opened: \(reason)"
        case .unusableSetting(let reason): "a setting can't be used: \(reason)"
        case .refused(let status, let message): "the server refused the connection with status \(status): \(message)"
        case .redirected(let location):
            "the server redirects to \(location): give the client that server's URL, or its path as settings.path"
        case .timedOut(let what): "\(what) took too long"
        case .protocolViolation(let what): "the server violated the protocol: \(what)"
        case .namespaceRefused(let message, _): "the server refused the namespace: \(message)"
        case .transportClosed: "the connection ended"
        case .transportFailed(let reason): "the connection failed: \(reason)"
        case .pingTimeout: "the server sent no heartbeat in time"
        case .disconnected: "the socket isn't connected"
        case .acknowledgementTimedOut: "the server didn't acknowledge the event in time"
        case .bufferFull: "more waits to be sent than the client's limits allow"
        case .notSupported(let what): "the revision has no \(what)"
        case .gaveUp(let reason): "the client gave up connecting: \(reason)"
        case .closed: "the client was closed"
        }
    }

    /// Whether another attempt would fail for the same reason.
    var isPermanent: Bool { if case .unusableSetting = self { true } else { false } }

    /// Whether both are the same error with the same bytes.
    public static func == (left: ClientError, right: ClientError) -> Bool {
        switch (left, right) {
        case (.namespaceRefused(_, let data), .namespaceRefused(_, let other)) where data != other: false
        default: left.description.utf8.elementsEqual(right.description.utf8)
        }
    }
}
