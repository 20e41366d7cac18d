public import GustWire
import NIOCore

/// The transport of a test client.
public enum TestTransport: String, Sendable, CaseIterable, CustomStringConvertible {
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
    public static func all(of revision: Revision) -> [TestTransport] {
        guard revision.engineIOVersion != nil else {
            return revision.transports.compactMap { TestTransport(rawValue: $0.name) }
        }
        // Only in a revision with binary payloads do clients that can't receive them request base64.
        let hasBinaryPayloads = revision.payload.encode([.binary(ByteBuffer())], supportsBinary: true).isBinary
        return [.polling] + (hasBinaryPayloads ? [.base64Polling] : []) + [.jsonp, .webSocket, .upgrade]
    }

    /// The name in the request that opens the connection.
    var first: String {
        switch self {
        case .upgrade, .jsonp, .base64Polling: "polling"
        default: rawValue
        }
    }
}

/// A revision and one of its transports.
///
/// ```swift
/// @Test(arguments: ClientProfile.all) func `an echo comes back`(profile: ClientProfile) async throws {
///     let socket = try await TestClient(app).open(profile)
/// }
/// ```
public struct ClientProfile: Sendable, CustomStringConvertible {
    /// The revision of the client.
    public let revision: Revision
    /// The transport of the client.
    public let transport: TestTransport

    /// Makes a profile.
    public init(_ revision: Revision, _ transport: TestTransport) {
        self.revision = revision
        self.transport = transport
    }

    /// The profiles of every revision with each of its transports.
    public static let all = Revision.all.flatMap { revision in
        TestTransport.all(of: revision).map { ClientProfile(revision, $0) }
    }

    /// The profiles of the revisions that have events: all except 0.6.
    public static let withEvents = all.filter(\.revision.hasEvents)

    /// The profiles of Engine.IO, whose clients send binary attachments and can leave each namespace
    /// without closing the connection.
    public static let engineIO = all.filter { $0.revision.engineIOVersion != nil }

    /// The revision and the transport.
    public var description: String { "\(revision) \(transport)" }
}
