import Gust
import GustCluster
import GustPresence
import GustTesting
import Synchronization
import Testing

/// Members by sockets, on servers of one process that are connected by a bus.
@Suite struct PresenceTests {
    private struct Person: Codable, Sendable, Equatable {
        var name: String
    }

    private final class Changes: Sendable {
        private let list = Mutex<[PresenceChange<Person>]>([])
        var all: [PresenceChange<Person>] { list.withLock { $0 } }
        func add(_ change: PresenceChange<Person>) { list.withLock { $0.append(change) } }
    }

    /// A server with its presence.
    private struct Node {
        let io: SocketIO
        let presence: Presence<Person>
        let client: TestClient
        let changes = Changes()

        init(_ name: String, _ bus: LoopbackBus) throws {
            var settings = SocketIOSettings()
            settings.adapter = { ClusterAdapter($0, bus: bus, node: name) }
            let io = SocketIO(settings)
            var times = PresenceSettings()
            times.heartbeat = .milliseconds(100)
            times.batchTime = .zero
            let presence = Presence<Person>(of: io["/"], settings: times)
            presence.onChange { [changes] in changes.add($0) }
            io.onConnect { socket in
                socket.on("enter") { (room: String, name: String) in
                    try presence.track(socket, in: room, as: name, Person(name: name))
                }
                socket.on("leave") { (room: String) in presence.untrack(socket, in: room) }
            }
            (self.io, self.presence) = (io, presence)
            var app = Application()
            app.add(io.routes())
            client = TestClient(try app.router())
        }

        func names(_ room: String = "hall") -> [String] { presence.list(in: room).map(\.details.name) }
    }

    private let bus = LoopbackBus()

    @Test func `members are on all nodes while their sockets are connected`() async throws {
        let nodes = [try Node("a", bus), try Node("b", bus)]
        let ada = try await nodes[0].client.open()
        let bob = try await nodes[1].client.open()
        _ = try await ada.emitWithAcknowledgement("enter", "hall", "Ada")
        _ = try await bob.emitWithAcknowledgement("enter", "hall", "Bob")
        for node in nodes {
            try await node.client.wait(for: "two members") { node.names() == ["Ada", "Bob"] }
            #expect(node.presence.count(in: "hall") == 2 && node.presence.rooms == ["hall"])
        }
        try await bob.emit("leave", "hall")
        try await ada.close()
        for node in nodes {
            try await node.client.wait(for: "no members") { node.names().isEmpty }
            try await node.client.wait(for: "the changes") {
                node.changes.all.flatMap(\.left).map(\.key).sorted() == ["Ada", "Bob"]
            }
        }
    }

    @Test func `a socket that has left before it was tracked isn't a member`() async throws {
        let node = try Node("a", bus)
        let sockets = Mutex<[Socket]>([])
        node.io.onConnect { socket in sockets.withLock { $0.append(socket) } }
        let ada = try await node.client.open()
        _ = try await ada.emitWithAcknowledgement("leave", "hall")
        try await ada.close()
        try await node.client.wait(for: "the end") { sockets.withLock { $0.allSatisfy { !$0.isConnected } } }
        let socket = try #require(sockets.withLock { $0.first })
        // As an `async` handler does that has waited for a database meanwhile.
        try node.presence.track(socket, in: "hall", as: "Ada", Person(name: "Ada"))
        try await node.client.wait(for: "no members") { node.names().isEmpty }
        try node.presence.track(socket, in: "hall", as: "Ada", Person(name: "Ada"))
        try await node.client.wait(for: "no members") { node.names().isEmpty }
    }

    @Test func `a socket that middleware has tracked and refused isn't a member`() async throws {
        let node = try Node("a", bus)
        node.io["/"].use { (socket: Socket) throws in
            try node.presence.track(socket, in: "hall", as: "Ada", Person(name: "Ada"))
            throw ConnectError("no")
        }
        await #expect(throws: TestError.self) { try await node.client.open() }
        try await node.client.wait(for: "no members") { node.names().isEmpty }
        try await node.client.wait(for: "the changes") { node.changes.all.flatMap(\.left).map(\.key) == ["Ada"] }
    }

    @Test func `a node that was cut off hears what it has missed`() async throws {
        let nodes = [try Node("a", bus), try Node("b", bus)]
        let ada = try await nodes[0].client.open()
        bus.isolate("b")
        _ = try await ada.emitWithAcknowledgement("enter", "hall", "Ada")
        #expect(nodes[1].names().isEmpty)
        bus.isolate()
        try await nodes[1].client.wait(for: "the member") { nodes[1].names() == ["Ada"] }
    }

    @Test func `a room or a key that is too long is refused`() async throws {
        let node = try Node("a", bus)
        let long = String(repeating: "x", count: 257)
        #expect(throws: PresenceError.nameTooLong) { try node.presence.track("1", in: long, as: "a", Person(name: "")) }
        #expect(throws: PresenceError.nameTooLong) { try node.presence.track("1", in: "a", as: long, Person(name: "")) }
        #expect(node.presence.rooms.isEmpty)
    }

    @Test func `changes are delivered in order, also those that a listener makes`() async throws {
        let node = try Node("a", bus)
        let presence = node.presence
        presence.onChange { change in
            guard change.room == "first" else { return }
            do {
                try presence.track("1", in: "second", as: "a", Person(name: "a"))
            } catch {
                Issue.record("\(error)")
            }
        }
        try presence.track("1", in: "first", as: "a", Person(name: "a"))
        #expect(node.changes.all.map(\.room) == ["first", "second"])
    }
}
