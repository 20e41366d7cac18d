import Foundation
import Gust
import GustPresence

/// What the server does with the events of a ``ChatContract``.
///
/// The room is a capture of the endpoint's route.
///
/// In a cluster, people join the same rooms on all servers. A server tells the others of new lines, and asks them for the last lines when it
/// starts, by events between servers: `lines` with a room and its lines, `history`.
struct ChatEvents {
    let hall: Hall
    let presence: Presence<Person>

    func register(on io: SocketIO) {
        let (hall, presence) = (hall, presence)
        let chat = ChatContract()
        io.onConnect { socket in
            guard let room = socket.handshake.captures["room"] else { return socket.disconnect() }
            socket.on(chat.join) { name, key in
                let visitor = socket.handshake.address
                try hall.enter(room, id: socket.id, visitor: visitor, name: name, key: key, now: Self.now) {
                    person,
                    key in
                    try presence.track(socket, in: room, as: key, person)
                }
                // The socket joins before the lines are read, so that it misses none. It may get a line twice, with the
                // same time.
                socket.join(room)
                let welcome = try hall.welcome(id: socket.id)
                if !socket.revision.hasEvents { socket.emit(chat.welcome, welcome) }
                return welcome
            }
            socket.on(chat.say) { text in
                let line = try hall.say(text, id: socket.id, now: Self.now)
                socket.to(room).emit(chat.line, line)
                io["/"].serverSideEmit("lines", room, [line])
                if !socket.revision.hasEvents { socket.emit(chat.said, line) }
                return line
            }
            socket.on(chat.type) { isTyping in
                guard let name = hall.name(of: socket.id) else { return }
                socket.to(room).volatile.emit(chat.typing, Typing(who: name, on: isTyping))
            }
            socket.onDisconnect { _ in hall.leave(id: socket.id, now: Self.now) }
        }
        presence.onChange { [weak io] change in
            io?.to(change.room).local.emit(chat.people, hall.people(in: change.room))
        }
        registerServers(on: io)
        io.onError { error, _, event in
            // A public error is a mistake of the client, which gets its text in the acknowledgement. Only other errors
            // are logged.
            guard !(error is any PublicError) else { return }
            print("the event \(event) failed: \(error)")
        }
    }

    private func registerServers(on io: SocketIO) {
        let hall = hall
        io["/"].onServerSide("lines") { (room: String, lines: [Line]) in hall.keep(lines, in: room, now: Self.now) }
        io["/"].onServerSide("history") { () -> [String: [Line]] in hall.lines }
    }

    /// Fetches the last lines from the other servers.
    func fetchHistory(from io: SocketIO) async throws {
        let replies = try await io["/"].serverSideEmitWithAcknowledgement("history", timeout: .seconds(2))
        for reply in replies.replies {
            for (room, lines) in try reply.decode([String: [Line]].self, at: 0) {
                hall.keep(lines, in: room, now: Self.now)
            }
        }
    }

    private static var now: Int { Int(Date().timeIntervalSince1970 * 1_000) }
}
