import Gust
import GustClient
import GustTesting
import Logging
import Testing

/// The tests of the conformance matrix.
///
/// The cases run one after the other: hundreds of busy cases at once would starve the tests that wait for real sockets.
@Suite(.serialized, .leavesNothing) enum ConformanceTests {}

/// The server of all test bodies: it echoes messages, and treats some texts as commands.
enum ConformanceServer {
    /// Many bodies are about errors, which aren't worth a line.
    static let logger = Logger(label: "gust.conformance") { _ in SwiftLogNoOpLogHandler() }

    static func make(_ configure: (inout SocketIOSettings) -> Void = { _ in }) -> SocketIO {
        var settings = SocketIOSettings()
        // Room for a form with a million characters, and for frames that wait for a client's next poll.
        settings.maximumPayload = 4 << 20
        settings.outbox.maximumBytes = 4 << 20
        configure(&settings)
        let io = SocketIO(settings, logger: logger)
        io.onConnect { socket in
            socket.onMessage { message in
                switch message {
                case .text("close"): socket.disconnect(closingConnection: true)
                case .text("abort"): socket.abort()
                case .text("burst"): for number in 0..<500 { socket.send("\(number)") }
                case .text(let text) where text.hasPrefix("to all: "): io.everybody.send(message)
                case .text(let text) where text.hasPrefix("to others: "): socket.broadcast.send(message)
                case .text(let text) where text.hasPrefix("to lobby: "): io.to("lobby").send(message)
                case .text("join"):
                    socket.join("lobby")
                    socket.send("joined")
                default: socket.send(message)
                }
            }
            socket.on("echo") { (event: ReceivedEvent) in socket.emit("echo", arguments: event.arguments) }
            socket.on("sum") { (a: Int, b: Int) in a + b }
            socket.on("later") { (text: String) async in "later \(text)" }
            socket.on("bytes") { (event: ReceivedEvent) in event.acknowledge(with: event.arguments) }
            socket.on("ask") { () async throws in
                let answer = try await socket.emitWithAcknowledgement("question", 6, timeout: .seconds(5))
                socket.emit("answered", try answer.decode(Int.self, at: 0))
            }
        }
        return io
    }

    /// Makes a server with short timeouts for silent clients, long enough to open a connection on a busy machine.
    static func impatient(for profile: ClientProfile) -> SocketIO {
        make { settings in
            settings.pingInterval = .milliseconds(80)
            // An upgrade alone takes a fifth of a second.
            settings.pingTimeout = .milliseconds(profile.transport == .upgrade ? 1_000 : 400)
            settings.pollDuration = .milliseconds(80)
            settings.closeTimeout = .milliseconds(400)
        }
    }
}

extension SocketIO {
    /// Waits until no connection and no socket is left, neither in a table nor in memory.
    func isEmpty(seenBy client: any ConformanceClient) async throws {
        try await client.wait(for: "the end of all connections") {
            self.connectionCount == 0 && self.statistics.liveConnections == 0 && self.statistics.sockets == 0
        }
    }
}

extension TestSocket {
    /// Sends a message, and requires that the next received message is its echo.
    func requireEcho(_ text: String) async throws {
        try await send(text)
        try #require(try await nextMessage() == .text(text))
    }
}

/// Requires that the server refuses the client, instead of not answering.
func requireRefusal(_ body: () async throws -> any ConformanceSocket) async throws {
    do {
        _ = try await body()
    } catch TestError.refused, TestError.closed, TestError.unexpected {
        return
    } catch ClientError.refused, ClientError.namespaceRefused, ClientError.transportClosed {
        return
    }
    Issue.record("the client was admitted")
    throw TestError.unexpected("the client was admitted")
}
