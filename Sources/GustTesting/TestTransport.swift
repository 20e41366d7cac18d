public import GustWire
import NIOCore

/// How a test client is carried.
public enum TestTransport: String, Sendable, CaseIterable, CustomStringConvertible {
    /// Polls only (1.x and later).
    case polling
    /// Polls whose answers are scripts (1.x and later).
    case jsonp
    /// Polls only, of a client that can't read bytes and gets base64 instead (1.x and 2.x).
    case base64Polling = "polling-b64"
    /// A WebSocket from the start.
    case webSocket = "websocket"
    /// Polls first, then a WebSocket by probe and upgrade (1.x and later).
    case upgrade
    /// A WebSocket under the name that Flash's had (0.6 to 0.9).
    case flashSocket = "flashsocket"
    /// An endless page of script elements (0.6 to 0.9).
    case htmlFile = "htmlfile"
    /// An endless answer of parts (0.6).
    case multipart = "xhr-multipart"
    /// Polls only (0.6 to 0.9).
    case xhrPolling = "xhr-polling"
    /// Polls whose answers are scripts (0.6 to 0.9).
    case jsonpPolling = "jsonp-polling"

    /// The name.
    public var description: String { rawValue }

    /// How clients of a generation can be carried.
    public static func all(of revision: Revision) -> [TestTransport] {
        guard revision.engineIOVersion != nil else {
            return revision.transports.compactMap { TestTransport(rawValue: $0.name) }
        }
        // Who can't read a payload of bytes asks for another where there are such payloads.
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

/// A generation and a transport of its: one row of a conformance matrix.
///
/// ```swift
/// @Test(arguments: ClientProfile.all) func `an echo comes back`(profile: ClientProfile) async throws {
///     let socket = try await TestClient(app).open(profile)
/// }
/// ```
public struct ClientProfile: Sendable, CustomStringConvertible {
    /// The generation the client speaks.
    public let revision: Revision
    /// How it is carried.
    public let transport: TestTransport

    /// Makes a row.
    public init(_ revision: Revision, _ transport: TestTransport) {
        self.revision = revision
        self.transport = transport
    }

    /// Every generation over every transport it knows.
    public static let all = Revision.all.flatMap { revision in
        TestTransport.all(of: revision).map { ClientProfile(revision, $0) }
    }

    /// Those whose clients have events: all but 0.6.
    public static let withEvents = all.filter(\.revision.hasEvents)

    /// Those of Engine.IO, whose clients have bytes and namespaces with a life of their own.
    public static let engineIO = all.filter { $0.revision.engineIOVersion != nil }

    /// Generation and transport.
    public var description: String { "\(revision) \(transport)" }
}
