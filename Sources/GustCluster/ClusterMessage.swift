import GustAdapter
import GustWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A message between the adapters of one namespace, encoded as JSON.
struct ClusterMessage: Codable {
    /// The operation, or the answer to one.
    enum Content: Codable {
        /// A packet with its offset; nil if clients of the sender can't recover.
        case broadcast(EncodedPacket, EncodedSelection, offset: String?)
        /// A broadcast event that each socket acknowledges within `milliseconds`.
        case ask(request: UInt64, EncodedPacket, EncodedSelection, milliseconds: Int)
        /// The acknowledgement of one socket, or nil with the reason why it failed.
        case acknowledgement(request: UInt64, socket: String?, EncodedArguments?, Failure?)
        /// The node has sent this number of acknowledgements for the request, and no further one will follow.
        case asked(request: UInt64, replies: Int)
        case join([String], EncodedSelection)
        case leave([String], EncodedSelection)
        case disconnect(EncodedSelection, closingConnections: Bool)
        case fetch(request: UInt64, EncodedSelection)
        case fetched(request: UInt64, [SocketSnapshot])
        case serverEvent(name: String, EncodedArguments)
        case serverAsk(request: UInt64, name: String, EncodedArguments)
        /// The reply of a node; nil if it has no handler or its handler failed.
        case serverReply(request: UInt64, node: String, EncodedArguments?)
        /// A session of the sender, which shuts down.
        case persist(EncodedSession)
        /// The client of a session has come to the sender, which keeps a copy of the session itself if `isKept` is set.
        case restore(request: UInt64, pid: String, offset: String?, isKept: Bool)
        /// The session that was asked for; nil if the node doesn't have it.
        case restored(request: UInt64, EncodedSession?)
    }

    /// The reason why a socket hasn't acknowledged an event.
    enum Failure: String, Codable {
        case disconnected, timedOut, tooManyAcknowledgements, overloaded, notSupported

        init(_ error: SocketError) {
            switch error {
            case .disconnected: self = .disconnected
            case .timedOut: self = .timedOut
            case .tooManyAcknowledgements: self = .tooManyAcknowledgements
            case .overloaded: self = .overloaded
            case .notSupported: self = .notSupported
            }
        }

        var error: SocketError {
            switch self {
            case .disconnected: .disconnected
            case .timedOut: .timedOut
            case .tooManyAcknowledgements: .tooManyAcknowledgements
            case .overloaded: .overloaded
            case .notSupported: .notSupported
            }
        }
    }

    /// The name of the node that has sent the message.
    var node: String
    var content: Content

    /// A message with too many bytes.
    struct TooLong: Error {
        let byteCount: Int
    }

    /// The greatest number of bytes of a message: more than the snapshots of 100,000 sockets have.
    private static let maximumLength = 128 << 20

    /// Decodes a message.
    ///
    /// - Throws: `DecodingError` if the bytes aren't a message; ``TooLong`` if there are too many.
    init(_ bytes: ByteBuffer, maximumLength: Int = Self.maximumLength) throws {
        guard bytes.readableBytes <= maximumLength else { throw TooLong(byteCount: bytes.readableBytes) }
        self = try JSONDecoder().decode(ClusterMessage.self, from: Data(bytes.readableBytesView))
    }

    init(from node: String, _ content: Content) {
        self.node = node
        self.content = content
    }

    /// The bytes of the message.
    ///
    /// - Throws: ``TooLong`` if the other nodes would refuse the message.
    func encoded() throws -> ByteBuffer {
        let bytes = try JSONEncoder().encode(self)
        guard bytes.count <= Self.maximumLength else { throw TooLong(byteCount: bytes.count) }
        return ByteBuffer(bytes: Array(bytes))
    }
}

/// Arguments as text of JSON and attachments.
struct EncodedArguments: Codable {
    private let text: String
    private let attachments: [Data]

    init(_ arguments: Arguments) {
        text = String(buffer: arguments.text)
        attachments = arguments.attachments.map { Data($0.readableBytesView) }
    }

    /// Checks and decodes the arguments.
    ///
    /// - Throws: An error if the text isn't a list of JSON values.
    func arguments() throws -> Arguments {
        _ = try JSONSlice(validating: ByteBuffer(string: "[\(text)]"))
        return Arguments(trusted: ByteBuffer(string: text), attachments: attachments.map { ByteBuffer(bytes: $0) })
    }
}

/// The packet of a broadcast.
struct EncodedPacket: Codable {
    private enum Content: Codable {
        case event(name: String, EncodedArguments)
        case text(String)
        case json(String)
        case binary(Data)
    }

    private let content: Content

    init(_ packet: NamespacePacket) {
        content =
            switch packet {
            case .event(let name, let arguments): .event(name: name, EncodedArguments(arguments))
            case .message(.text(let text)): .text(text)
            case .message(.json(let json)): .json(json.description)
            case .message(.binary(let bytes)): .binary(Data(bytes.readableBytesView))
            }
    }

    /// Checks and decodes the packet.
    ///
    /// - Throws: An error if a text isn't JSON.
    func packet() throws -> NamespacePacket {
        switch content {
        case .event(let name, let arguments): .event(name: name, try arguments.arguments())
        case .text(let text): .message(.text(text))
        case .json(let text): .message(.json(try JSONSlice(validating: ByteBuffer(string: text))))
        case .binary(let bytes): .message(.binary(ByteBuffer(bytes: bytes)))
        }
    }
}

/// A choice of sockets.
struct EncodedSelection: Codable {
    private let rooms: [String]
    private let excluded: [String]
    private let isVolatile: Bool
    private let isCompressed: Bool
    private let latestKey: String?

    init(_ selection: SocketSelection) {
        rooms = selection.rooms
        excluded = selection.excluded
        isVolatile = selection.isVolatile
        isCompressed = selection.isCompressed
        latestKey = selection.latestKey
    }

    var selection: SocketSelection {
        var selection = SocketSelection(rooms: rooms, excluded: excluded, isVolatile: isVolatile)
        selection.isCompressed = isCompressed
        selection.latestKey = latestKey
        return selection
    }
}
