import Gust
import GustPresence
import GustTesting
import Testing

/// The snippets of `Presence.md`.
@Suite struct PresenceArticle {
    struct Person: Codable, Sendable {
        var name: String
    }

    @Test func `the people in a room are listed, and told of each other`() async throws {
        let io = SocketIO()
        var app = Application()
        let presence = Presence<Person>(of: io["/"])
        io.onConnect { socket in
            socket.on("enter") { (room: String, name: String) in
                socket.join(room)
                try presence.track(socket, in: room, as: name, Person(name: name))
            }
        }
        presence.onChange { change in
            let names = presence.list(in: change.room).map(\.details.name)
            io.to(change.room).local.emit("people", names)
        }
        app.get("/rooms") { _ in
            JSON(presence.rooms.sorted().map { "\($0): \(presence.count(in: $0))" })
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        let ada = try await client.open()
        try await ada.emit("enter", "hall", "Ada")
        #expect(try await ada.next() == .event("people", [#"["Ada"]"#]))
        #expect(try await client.get("/rooms").text == #"["hall: 1"]"#)
    }
}
