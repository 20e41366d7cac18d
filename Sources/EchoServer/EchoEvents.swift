import Gust
import GustSeed

/// The Socket.IO events of the echo contract, which are the same in all namespaces.
struct EchoEvents {
    let io: SocketIO
    let isSuite: Bool
    let sendsAuth: Bool
    /// The cluster of the server; nil for a server alone.
    let cluster: EchoCluster?

    func register() {
        let isDynamic = { @Sendable (name: String) in
            // Compared by bytes: a digit followed by a combining mark isn't a digit.
            let digits = name.utf8.dropFirst(5)
            return name.utf8.starts(with: "/dyn-".utf8) && !digits.isEmpty
                && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        let namespaces = [io["/"], io["/custom"], io["/guarded"], io.namespaces(where: isDynamic)]
        for namespace in namespaces { register(on: namespace) }
        cluster?.register(on: io, namespaces)
        EchoMessages.serve(on: io["/"])
        Self.registerChat(on: io)
        io["/guarded"].use { (socket: Socket) throws in
            let auth = try socket.auth?.decode(Credentials.self)
            guard (auth?.token ?? socket.handshake.query["token"]) == "secret" else {
                throw try ConnectError("not authorized", data: ["code": 1])
            }
        }
    }

    /// Registers the handlers of the endpoint for messages (`send`), for clients of 0.9.
    static func registerMessages(on io: SocketIO) {
        registerEcho(on: io["/"])
        registerBroadcast(on: io["/"])
        EchoMessages.serve(on: io["/"])
        registerChat(on: io)
    }

    /// Registers `/chat`, a namespace for clients of Socket.IO 0.9 only; for later revisions it doesn't exist.
    private static func registerChat(on io: SocketIO) {
        let chat = io["/chat"]
        chat.use { (socket: Socket) throws in
            guard socket.revision.engineIOVersion == nil else { throw ConnectError("Invalid namespace") }
        }
        registerEcho(on: chat)
        registerBroadcast(on: chat)
        EchoMessages.serve(on: chat)
    }

    private struct Credentials: Decodable {
        var token: String?
    }

    private struct Info: Encodable {
        var id: String
        var recovered: Bool
        var transport: String
        var `protocol`: Int
    }

    private func register(on namespace: SocketScope) {
        let back = isSuite ? "message-back" : "message"
        if sendsAuth {
            namespace.onConnect { socket in
                // Revisions before Engine.IO have no auth data.
                guard socket.revision.engineIOVersion != nil else { return }
                socket.emit("auth", arguments: Self.auth(of: socket))
            }
        }
        namespace.on("message") { (socket: Socket, event: ReceivedEvent) in
            socket.emit(back, arguments: event.arguments)
        }
        Self.registerEcho(on: namespace)
        namespace.on("message-with-ack") { (_: Socket, event: ReceivedEvent) in
            event.acknowledge(with: event.arguments)
        }
        Self.registerBroadcast(on: namespace)
        namespace.on("bcast-others") { (socket: Socket, event: ReceivedEvent) in
            socket.broadcast.emit("bcast", arguments: event.arguments)
        }
        registerRooms(on: namespace)
        registerRest(on: namespace)
    }

    /// Registers the event `echo`, which clients of 0.9 use.
    private static func registerEcho(on namespace: SocketScope) {
        namespace.on("echo") { (socket: Socket, event: ReceivedEvent) in
            event.acknowledge(with: event.arguments)
            socket.emit("echo", arguments: event.arguments)
        }
    }

    private static func registerBroadcast(on namespace: SocketScope) {
        namespace.on("bcast") { (socket: Socket, event: ReceivedEvent) in
            socket.namespace.everybody.emit("bcast", arguments: event.arguments)
        }
    }

    private func registerRooms(on namespace: SocketScope) {
        namespace.on("join") { (socket: Socket, room: String) in socket.join(room) }
        namespace.on("leave") { (socket: Socket, room: String) in socket.leave(room) }
        namespace.on("room") { (socket: Socket, event: ReceivedEvent) in
            guard let room = try? event.arguments.decode(String.self, at: 0) else { return }
            socket.namespace.to(room).emit("room", arguments: event.arguments.dropFirst())
        }
    }

    private func registerRest(on namespace: SocketScope) {
        namespace.on("get-auth") { (socket: Socket, event: ReceivedEvent) in
            event.acknowledge(with: Self.auth(of: socket))
        }
        namespace.on("info") { (socket: Socket) -> Info in
            Info(
                id: socket.id,
                recovered: socket.isRecovered,
                transport: socket.transport,
                protocol: socket.revision.engineIOVersion ?? 0
            )
        }
        namespace.on("call-me") { (socket: Socket, event: ReceivedEvent) in
            Self.call(socket, event)
        }
        namespace.on("kick") { (socket: Socket) in socket.disconnect() }
        namespace.on("kick-all") { (socket: Socket) in socket.disconnect(closingConnection: true) }
        // A cluster counts the sockets of all servers.
        if cluster == nil { namespace.on("count") { (socket: Socket) -> Int in socket.namespace.socketCount } }
    }

    private static func auth(of socket: Socket) -> Arguments {
        var arguments = Arguments()
        arguments.append(json: socket.auth ?? JSONSlice.emptyObject)
        return arguments
    }

    private static func call(_ socket: Socket, _ event: ReceivedEvent) {
        guard let value = event.arguments[0], let time = try? event.arguments.decode(Int.self, at: 1) else { return }
        var question = Arguments()
        question.append(json: value)
        socket.emit("callback", arguments: question, timeout: .milliseconds(time)) { result in
            var answer = Arguments()
            switch result {
            case .success(let values):
                answer.append(json: .string("ok"))
                answer.append(contentsOf: values)
            case .failure:
                answer.append(json: .string("timeout"))
            }
            event.acknowledge(with: answer)
        }
    }
}
