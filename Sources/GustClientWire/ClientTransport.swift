public import GustWire
import NIOCore

/// The transport of a client: how its packets travel.
public enum ClientTransport: String, Sendable, CaseIterable, CustomStringConvertible {
    /// Polling without upgrade (1.x and later).
    case polling
    /// Polling by script elements (1.x and later).
    case jsonp
    /// Polling of a client that can't receive binary messages and gets base64 instead (1.x and 2.x).
    case base64Polling = "polling-b64"
    /// A WebSocket from the start.
    case webSocket = "websocket"
    /// Polling, followed by an upgrade to WebSocket (1.x and later).
    case upgrade
    /// A WebSocket under the name of the transport of the Flash plug-in (0.6 to 0.9).
    case flashSocket = "flashsocket"
    /// A page of script elements that doesn't end (0.6 to 0.9).
    case htmlFile = "htmlfile"
    /// A multipart response that doesn't end (0.6).
    case multipart = "xhr-multipart"
    /// Polling (0.6 to 0.9).
    case xhrPolling = "xhr-polling"
    /// Polling by script elements (0.6 to 0.9).
    case jsonpPolling = "jsonp-polling"

    /// The name.
    public var description: String { rawValue }

    /// The transports of the clients of a revision.
    public static func all(of revision: Revision) -> [ClientTransport] {
        guard revision.engineIOVersion != nil else {
            return revision.transports.compactMap { ClientTransport(rawValue: $0.name) }
        }
        // Only in a revision with binary payloads do clients that can't receive them request base64.
        let hasBinaryPayloads = revision.payload.encode([.binary(ByteBuffer())], supportsBinary: true).isBinary
        return [.polling] + (hasBinaryPayloads ? [.base64Polling] : []) + [.jsonp, .webSocket, .upgrade]
    }

    /// The name in the request that opens the connection.
    package var first: String {
        switch self {
        case .upgrade, .jsonp, .base64Polling: "polling"
        default: rawValue
        }
    }

    /// Whether responses are scripts that call a callback with the payload.
    package var isScript: Bool { self == .jsonp || self == .jsonpPolling }

    /// Whether a `POST` may have a binary payload.
    package var postsBinary: Bool { self == .polling || self == .upgrade }

    /// The form of the payloads in a response that doesn't end; nil for other transports.
    package var streamedForm: StreamedPayloads.Form? {
        switch self {
        case .htmlFile: .scriptElements
        case .multipart: .parts
        default: nil
        }
    }
}
