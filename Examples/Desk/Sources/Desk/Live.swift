import Gust
import GustPresence

/// The live part of the desk: who looks at which ticket, and what happens to it.
///
/// The room of a ticket is its number, which is a capture of the endpoint's route; the room of the list is `all`.
struct Live: Sendable {
    let io = SocketIO()
    private let presence: Presence<String>
    private let events = DeskEvents()

    init(_ store: Store) {
        presence = Presence<String>(of: io["/"])
        let (presence, events) = (presence, events)
        io["/"].use { socket async throws in
            if let id = Self.ticket(of: socket) { _ = try await store.ticket(id) }
        }
        let live = self
        io.onConnect { socket in
            guard let user = socket.session.user, let id = Self.ticket(of: socket) else { return socket.join("all") }
            socket.join("\(id)")
            do { try presence.track(socket, in: "\(id)", as: user, user) } catch { socket.disconnect() }
            socket.on(events.comment) { text async throws in
                try await live.add(Remark(text: text), by: user, to: id, in: store)
            }
        }
        presence.onChange { [weak io] change in
            let list = presence.list(in: change.room)
            io?.to(change.room).local.emit(events.people, list.map(\.details).sorted(), list.revision)
        }
    }

    /// Stores a comment and tells everybody who looks at the ticket.
    func add(_ remark: Remark, by user: String, to id: Int, in store: Store) async throws -> Comment {
        try remark.validate()
        let comment = Comment(ticket: id, author: user, text: remark.text)
        try await store.add(comment)
        io.to("\(id)").emit(events.commented, comment)
        return comment
    }

    /// Tells everybody who looks at the ticket or at the list.
    func tell(_ ticket: Ticket) {
        io.to("\(ticket.number)").to("all").emit(events.changed, ticket)
    }

    /// The ticket that the client looks at; nil if it looks at the list.
    private static func ticket(of socket: Socket) -> Int? { socket.handshake.captures["room"].flatMap { Int($0) } }
}
