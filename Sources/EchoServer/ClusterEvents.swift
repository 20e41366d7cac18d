#if Redis
import Gust
import Synchronization

/// The events of the echo contract for servers that share a Redis.
struct ClusterEvents: Sendable {
    /// The port of this server, known when it listens.
    final class Port: Sendable {
        private let value = Atomic<Int>(0)

        var current: Int {
            get { value.load(ordering: .acquiring) }
            set { value.store(newValue, ordering: .releasing) }
        }
    }

    private struct Found: Encodable {
        var id: String
        var rooms: [String]
        var data: JSONSlice
    }

    private struct Answer: Encodable {
        var port: Int
        var v: JSONSlice
    }

    let io: SocketIO
    let port: Port

    func register(on scope: SocketScope) {
        registerOperations(on: scope)
        registerQuestions(on: scope)
        registerServerEvents(on: scope)
    }

    private func registerOperations(on scope: SocketScope) {
        scope.on("join-all") { (socket: Socket, room: String) in socket.namespace.everybody.join(room) }
        scope.on("leave-all") { (socket: Socket, room: String) in socket.namespace.everybody.leave(room) }
        scope.on("disconnect-room") { (socket: Socket, room: String) in socket.namespace.to(room).disconnect() }
        scope.on("set-data") { (socket: Socket, values: [String: JSONSlice]) in
            for (name, value) in values { socket.data[SocketDataKey<JSONSlice>(name)] = value }
        }
    }

    private func registerQuestions(on scope: SocketScope) {
        scope.on("count") { (socket: Socket) async -> Int in
            await socket.namespace.everybody.fetchSockets().sockets.count
        }
        scope.on("fetch") { (socket: Socket, room: String) async throws -> [Found] in
            let sockets = await socket.namespace.to(room).fetchSockets().sockets
            return try sockets.map { found in
                let rooms = found.rooms.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                return Found(id: found.id, rooms: rooms, data: try found.data.encodedData())
            }
        }
        scope.on("ask-all") { (socket: Socket, event: ReceivedEvent) in
            guard let value = event.arguments[0], let time = try? event.arguments.decode(Int.self, at: 1) else {
                return
            }
            Task {
                let replies = try socket.namespace.everybody.emitWithAcknowledgement(
                    "callback",
                    value,
                    timeout: .milliseconds(time)
                )
                do {
                    try Self.acknowledge(event, "ok", try await replies.all())
                } catch let error as BroadcastError {
                    try Self.acknowledge(event, "timeout", error.replies)
                }
            }
        }
    }

    private func registerServerEvents(on scope: SocketScope) {
        scope.on("sse") { (socket: Socket, value: JSONSlice) in socket.namespace.serverSideEmit("sse", value) }
        scope.on("sse-ack") { (socket: Socket, event: ReceivedEvent) in
            guard let value = event.arguments[0] else { return }
            Task {
                let replies = try await socket.namespace.serverSideEmitWithAcknowledgement("sse-ask", value)
                try Self.acknowledge(event, replies.silentNodes.isEmpty ? "ok" : "timeout", replies.replies)
            }
        }
        scope.onServerSide("sse") { [io, port] (value: JSONSlice) in
            io["/"].everybody.local.emit("sse", port.current, value)
        }
        scope.onServerSide("sse-ask") { [port] (value: JSONSlice) in Answer(port: port.current, v: value) }
    }

    /// Acknowledges an event with a word and the first argument of each answer.
    private static func acknowledge(_ event: ReceivedEvent, _ word: String, _ answers: [Arguments]) throws {
        var arguments = Arguments()
        try arguments.append(word)
        try arguments.append(answers.compactMap { $0[0] })
        event.acknowledge(with: arguments)
    }
}
#endif
