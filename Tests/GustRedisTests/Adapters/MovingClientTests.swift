#if Redis
import Gust
import GustHTTP
import GustRedis
import GustTesting
import Testing

/// A client with recovery that goes from server to server, while all servers emit.
@Suite(.timeLimit(.minutes(2))) struct MovingClientTests {
    private struct Return: Encodable, Sendable {
        let pid: String
        let offset: String?
    }

    /// What the client has received: the numbers of each server's events, in their order.
    private struct Received {
        var numbers: [[Int]] = [[], [], []]
        var offset: String?
        var count: Int { numbers.reduce(0) { $0 + $1.count } }

        mutating func add(_ received: TestSocket.Received) throws {
            guard case .event("n", let arguments, _) = received, arguments.count == 3, let server = Int(arguments[0]),
                let number = Int(arguments[1])
            else { throw TestError.unexpected("\(received)") }
            numbers[server].append(number)
            offset = String(arguments[2].dropFirst().dropLast())
        }
    }

    @Test(arguments: RedisNodes.Kind.allCases, [true, false])
    func `a client keeps its socket and has every event once, in the order of each server`(
        kind: RedisNodes.Kind,
        isNoticed: Bool
    ) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(3, kind, on: redis, recovers: true) { nodes async throws in
            var place = 0
            var received = Received()
            var next = 0
            func emit() {
                for server in 0..<3 { nodes[server].io.emit("n", server, next) }
                next += 1
            }
            var socket = try await nodes[place].client.open()
            let id = socket.id
            for move in 1...12 {
                emit()
                while received.count < 3 * next { try received.add(try await socket.next()) }
                let pid = try #require(socket.pid)
                let former = socket
                if isNoticed {
                    try await former.drop()
                    emit()
                }
                place = (place + 1 + move % 2) % 3
                socket = try await nodes[place].client.open(auth: Return(pid: pid, offset: received.offset))
                #expect(socket.id == id, "move \(move) to server \(place)")
                emit()
                while received.count < 3 * next { try received.add(try await socket.next()) }
                if !isNoticed { try await former.drop() }
            }
            for server in 0..<3 { #expect(received.numbers[server] == Array(0..<next)) }
            #expect(try await socket.nextIfAny() == nil)
        }
    }
}
#endif
