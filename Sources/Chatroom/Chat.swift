import Gust

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What happens in the rooms: the events of the chat.
///
/// A client says `join` with a name and is acknowledged with a ``Welcome``; then `say` and `typing`. Everybody in the
/// room hears `line`, `people` and `typing`.
struct Chat: Sendable {
    static let maximumName = 32
    static let maximumText = 2_000

    let io = SocketIO()
    let rooms = Rooms()

    init() {
        io.onConnect { [io, rooms] socket in
            guard let room = socket.handshake.captures["room"] else { return socket.disconnect() }
            Self.serve(socket, in: room, rooms, io)
        }
    }

    private static func serve(_ socket: Socket, in room: String, _ rooms: Rooms, _ io: SocketIO) {
        socket.on("join") { (name: String) throws -> Welcome in
            let name = String(name.trimmed.prefix(maximumName))
            guard !name.isEmpty else { throw ChatError("a name is needed") }
            guard let welcome = rooms.join(room, id: socket.id, name: name) else { throw ChatError("too many rooms") }
            socket.join(room)
            io.to(room).emit("people", welcome.people)
            return welcome
        }
        socket.on("say") { (text: String) throws in
            guard let who = rooms.name(of: socket.id, in: room) else { throw ChatError("join first") }
            let text = String(text.trimmed.prefix(maximumText))
            guard !text.isEmpty else { return }
            let line = Line(who: who, text: text, at: Int(Date().timeIntervalSince1970 * 1_000))
            rooms.keep(line, in: room)
            io.to(room).emit("line", line)
        }
        socket.on("typing") { (isTyping: Bool) in
            guard let who = rooms.name(of: socket.id, in: room) else { return }
            socket.to(room).volatile.emit("typing", Typing(who: who, on: isTyping))
        }
        socket.onDisconnect { _ in
            rooms.leave(room, id: socket.id)
            io.to(room).emit("people", rooms.people(in: room))
        }
    }
}

/// Something a client can't do now; its text reaches the client in the acknowledgement.
struct ChatError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension String {
    /// The text without blanks at its ends.
    fileprivate var trimmed: String {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
