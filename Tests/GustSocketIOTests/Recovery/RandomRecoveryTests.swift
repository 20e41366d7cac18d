import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Clients whose connections are cut at random moments receive every message once, in order.
@Suite(.leavesNothing) struct RandomRecoveryTests {
    /// A client that keeps what it has received and returns after each cut.
    private final class Client {
        private let clients: [TestClient]
        let transport: ClientTransport
        var socket: TestSocket?
        var pid: String?
        var offset: String?
        var received: [Int] = []

        init(_ clients: [TestClient], _ transport: ClientTransport) {
            self.clients = clients
            self.transport = transport
        }

        /// Connects to a server; `meanwhile` is called while the server handles that.
        func connect(to server: Int = 0, meanwhile: () async -> Void = {}) async throws {
            var auth: [String: String] = [:]
            if let pid { auth["pid"] = pid }
            if let offset { auth["offset"] = offset }
            let (client, transport, payload) = (clients[server], transport, auth)
            async let opening = client.open(over: transport, auth: payload)
            await meanwhile()
            socket = try await opening
        }

        /// Takes at most `count` messages.
        func take(_ count: Int) async throws {
            for _ in 0..<count {
                guard let socket, let next = try await socket.nextIfAny() else { return }
                guard case .event("n", let arguments, _) = next, arguments.count == 2 else { continue }
                received.append(try #require(Int(arguments[0])))
                offset = String(arguments[1].dropFirst().dropLast())
            }
        }

        func cut() async throws {
            try await socket?.drop()
            socket = nil
        }
    }

    @Test(arguments: [ClientTransport.webSocket, .polling, .upgrade], [1, 2, 3] as [UInt64])
    func `numbered messages arrive without a gap and without a duplicate`(
        transport: ClientTransport,
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        let io = SocketIO(settings)
        let pids = Mutex<[String]>([])
        io.onConnect { socket in
            socket.join("all")
            pids.withLock { $0.append(socket.recovery?.pid ?? "") }
        }
        let test = TestClient(EndpointHarness(io))
        var clients: [Client] = []
        for _ in 0..<3 {
            let client = Client([test], transport)
            try await client.connect()
            client.pid = pids.withLock { $0.last }
            clients.append(client)
        }
        var sent = 0
        var cuts = 0
        while sent < 400 {
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                if Bool.random(using: &random) { io.emit("n", sent) } else { io.to("all").emit("n", sent) }
                sent += 1
            }
            for client in clients {
                if client.socket == nil {
                    if Bool.random(using: &random) { try await client.connect() }
                } else {
                    try await client.take(Int.random(in: 0...6, using: &random))
                    if Int.random(in: 0..<5, using: &random) == 0 {
                        try await client.cut()
                        cuts += 1
                    }
                }
            }
        }
        for client in clients {
            if client.socket == nil { try await client.connect() }
            await test.settle()
            try await client.take(1_000)
            #expect(client.received == Array(0..<sent))
        }
        #expect(cuts > 50)
        #expect(Set(pids.withLock { $0 }).count == 3)
    }

    @Test(arguments: [ClientTransport.webSocket, .polling], [1, 2, 3, 4] as [UInt64])
    func `they do so for clients that return to any server of a cluster`(
        transport: ClientTransport,
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let nodes = Nodes(3) { $0.recovery = SocketIOSettings.Recovery() }
        // In every second run messages between the servers are delayed.
        let isDelayed = seed.isMultiple(of: 2)
        let pids = Mutex<[String]>([])
        nodes.onConnect { socket in
            if !socket.isRecovered { socket.join("all") }
            pids.withLock { $0.append(socket.recovery?.pid ?? "") }
        }
        var sent = 0
        // The server of each message: the messages of one server are in order.
        var senders: [Int] = []
        func emit(_ count: Int) {
            for _ in 0..<count {
                senders.append(Int.random(in: 0..<3, using: &random))
                let server = nodes.servers[senders[sent]]
                if Bool.random(using: &random) { server.emit("n", sent) } else { server.to("all").emit("n", sent) }
                sent += 1
            }
        }
        var clients: [Client] = []
        for number in 0..<3 {
            let client = Client(nodes.clients, transport)
            try await client.connect(to: number)
            client.pid = pids.withLock { $0.last }
            clients.append(client)
        }
        var returns = 0
        while sent < 300 {
            emit(Int.random(in: 0...4, using: &random))
            for client in clients {
                guard client.socket == nil else {
                    try await client.take(Int.random(in: 0...6, using: &random))
                    if Int.random(in: 0..<4, using: &random) == 0 { try await client.cut() }
                    continue
                }
                guard Bool.random(using: &random) else { continue }
                let server = Int.random(in: 0..<3, using: &random)
                try await client.connect(to: server) {
                    if isDelayed { nodes.bus.hold() }
                    emit(3)
                    await nodes.settle()
                    emit(3)
                    nodes.bus.deliver()
                }
                returns += 1
            }
        }
        for client in clients {
            if client.socket == nil { try await client.connect(to: 0) }
            await nodes.settle()
            try await client.take(1_000)
            #expect(client.received.sorted() == Array(0..<sent))
            for sender in 0..<3 {
                let numbers = client.received.filter { senders[$0] == sender }
                #expect(numbers == numbers.sorted())
            }
        }
        #expect(returns > 20)
        #expect(Set(pids.withLock { $0 }).count == 3)
        #expect(nodes.servers.reduce(0) { $0 + $1["/"].socketCount } == 3)
    }
}
