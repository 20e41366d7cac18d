import GustContract
import GustHTTP
import GustSocketIO
import GustWire
import Logging
import NIOCore

/// What a page may do to the server, if the settings allow it; each action is logged.
struct Actions: Sendable {
    /// An event for a room, a socket, or the whole namespace.
    struct Emission: Decodable, Sendable {
        var namespace: String
        var room: String?
        var id: String?
        var event: String
        /// A JSON array as text, so that its numbers are sent as they were written.
        var arguments: String
    }

    /// The end of a socket.
    struct Disconnection: Decodable, Sendable {
        var namespace: String
        var id: String
        var closesConnection: Bool
    }

    let observed: SocketIO
    let isAllowed: Bool

    func register(on pages: Namespace) {
        pages.on("emit") { (page: Socket, emission: Emission) throws in
            try emit(emission, for: page)
        }
        pages.on("disconnect-socket") { (page: Socket, target: Disconnection) throws in
            try disconnect(target, for: page)
        }
    }

    private func emit(_ emission: Emission, for page: Socket) throws {
        guard isAllowed else { throw DashboardError.actionsAreOff }
        guard !emission.event.isEmpty else { throw DashboardError.noEventName }
        guard !ReservedName.contains(emission.event) else { throw DashboardError.reservedName }
        guard let namespace = observed.existingNamespace(emission.namespace) else {
            throw DashboardError.noSuchNamespace
        }
        let arguments = try Self.arguments(emission.arguments)
        if let id = emission.id {
            guard let socket = namespace.socket(id) else { throw DashboardError.isDisconnected }
            socket.emit(emission.event, arguments: arguments)
        } else if let room = emission.room {
            namespace.to(room).emit(emission.event, arguments: arguments)
        } else {
            namespace.everybody.emit(emission.event, arguments: arguments)
        }
        log("an event was emitted by the dashboard", page, emission.namespace, emission.id ?? emission.room) {
            $0["event"] = "\(Self.cut(emission.event))"
        }
    }

    private func disconnect(_ target: Disconnection, for page: Socket) throws {
        guard isAllowed else { throw DashboardError.actionsAreOff }
        guard let socket = observed.existingNamespace(target.namespace)?.socket(target.id) else {
            throw DashboardError.isDisconnected
        }
        socket.disconnect(closingConnection: target.closesConnection)
        log("a socket was disconnected by the dashboard", page, target.namespace, target.id)
    }

    /// The elements of a JSON array, byte for byte.
    private static func arguments(_ text: String) throws -> Arguments {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
        let trimmed = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        let bytes = ByteBuffer(bytes: trimmed)
        do { _ = try JSONSlice(validating: bytes) } catch { throw DashboardError.arguments }
        guard bytes.readableBytesView.first == UInt8(ascii: "["),
            var elements = bytes.getSlice(at: bytes.readerIndex + 1, length: bytes.readableBytes - 2)
        else { throw DashboardError.arguments }
        // Blanks alone are no arguments.
        if elements.readableBytesView.allSatisfy(isBlank) { elements.clear() }
        return Arguments(trusted: elements)
    }

    private func log(
        _ what: String,
        _ page: Socket,
        _ namespace: String,
        _ target: String?,
        _ add: (inout Logger.Metadata) -> Void = { _ in }
    ) {
        var metadata: Logger.Metadata = [
            "address": "\(page.handshake.address ?? "-")",
            "namespace": "\(Self.cut(namespace))",
            "target": "\(target.map(Self.cut) ?? "everybody")",
        ]
        add(&metadata)
        observed.observedLogger.notice("\(what)", metadata: metadata)
    }

    /// The beginning of a text, by bytes, because a single character can be a megabyte of combining marks.
    private static func cut(_ text: String) -> String { String(decoding: text.utf8.prefix(80), as: UTF8.self) }
}
