import Foundation
import Gust

/// The events of the chat room.
///
/// | client sends | acknowledged with | the others in the room get |
/// | --- | --- | --- |
/// | `join` nickname, and perhaps a key | ``Welcome`` | `people` ``People`` |
/// | `say` text | the ``Line`` as kept | `line` ``Line`` |
/// | `typing` true or false | nothing | `typing` ``Typing`` |
///
/// Clients of 2010 know no acknowledgements: they get `welcome` and `said` as events. The room is in the endpoint's path. What can't be done is acknowledged with `{"error": "…"}`.
struct ChatEvents {
    let hall: Hall

    func register(on io: SocketIO) {
        let hall = hall
        io.onConnect { socket in
            guard let room = socket.handshake.captures["room"] else { return socket.disconnect() }
            socket.on("join") { (name: String, key: String?) -> Welcome in
                let visitor = socket.handshake.peer.address?.ipAddress
                try hall.enter(room, id: socket.id, visitor: visitor, name: name, key: key, now: Self.now)
                // First in, then look: so no line is missed, and one that comes twice is known by its time.
                socket.join(room)
                let welcome = try hall.welcome(id: socket.id)
                socket.to(room).emit("people", welcome.people)
                if !socket.revision.hasEvents { socket.emit("welcome", welcome) }
                return welcome
            }
            socket.on("say") { (text: String) -> Line in
                let line = try hall.say(text, id: socket.id, now: Self.now)
                socket.to(room).emit("line", line)
                if !socket.revision.hasEvents { socket.emit("said", line) }
                return line
            }
            socket.on("typing") { (isTyping: Bool) in
                guard let name = hall.name(of: socket.id) else { return }
                socket.to(room).volatile.emit("typing", Typing(who: name, on: isTyping))
            }
            socket.onDisconnect { _ in
                hall.leave(id: socket.id, now: Self.now)
                socket.namespace.to(room).emit("people", hall.people(in: room))
            }
        }
        io.onError { error, _, event in
            // What a client does wrong it is told; only what we do wrong is worth a line in the log.
            guard !(error is any PublicError) else { return }
            print("the event \(event) failed: \(error)")
        }
    }

    private static var now: Int { Int(Date().timeIntervalSince1970 * 1_000) }
}
