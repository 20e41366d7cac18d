import Gust
import GustClient
import GustTesting
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The snippets of `SwiftClient.md`, and its tables of limits and of revisions.
@Suite(.timeLimit(.minutes(1))) struct SwiftClientArticle {
    struct Line: Codable, Sendable {
        var who: String
        var text: String
    }

    struct Chat: Contract {
        let say = ClientEvent<String, Line>("say", parameters: ["text"])
        let line = ServerEvent<Line, Never>("line")
        let vote = ServerEvent<String, Bool>("vote")
    }

    private struct Store: Sendable {
        func load(_ id: Int) async throws -> String { "\(id)" }
    }

    private actor Tokens {
        var count = 0

        func current() throws -> String {
            count += 1
            return "token \(count)"
        }
    }

    func greet(_ url: String) async throws {
        let client = try SocketClient(url)
        let socket = try await client.connect()
        socket.on("news") { (line: String) in print(line) }
        socket.emit("hello", "world")
        let sum = try await socket.emitWithAcknowledgement("sum", 20, 22).decode(Int.self, at: 0)
        print(sum)
        await client.close()
    }

    // MARK: The server

    /// What the server has received, and the tokens of its clients.
    private let log = Recorded()

    private final class Recorded: Sendable {
        private let contents = Mutex<[String]>([])

        var all: [String] { contents.withLock { $0 } }

        func add(_ text: String) { contents.withLock { $0.append(text) } }
    }

    private func application() -> Application {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        let io = SocketIO(settings)
        let chat = Chat()
        io["/"].use { [log] socket in
            log.add("header \(socket.handshake.headers[.authorization] ?? "none")")
            let token = try? socket.auth?.decode([String: String].self)
            log.add("auth \(token?["token"] ?? "none")")
        }
        io.onConnect { [log] socket in
            socket.emit("welcome", "Ada")
            socket.on("hello") { (name: String) in log.add("hello \(name)") }
            socket.on("sum") { (one: Int, other: Int) in one + other }
            socket.on("ask") { (question: String) in question == "tea?" }
            socket.on("sample") { (sample: Int) in log.add("sample \(sample)") }
            socket.on("enter") { (room: String) in log.add("enter \(room)") }
            socket.on("lines") { (count: Int) in
                for number in 1...count { socket.emit("line", "Ada", "line \(number)") }
            }
            socket.on(chat.say) { text in
                let line = Line(who: "Ada", text: text)
                socket.emit(chat.line, line)
                return line
            }
        }
        io["/admin"].onConnect { [log] socket in
            socket.on("restart") { log.add("restart") }
        }
        var app = Application()
        app.add(io.routes())
        return app
    }

    /// Serves while `body` runs, which gets the server's URL.
    private func serve(_ body: (String) async throws -> Void) async throws {
        try await Self.serve(application(), body)
    }

    /// Serves an application on a free port while `body` runs, which gets the server's URL.
    static func serve(_ app: Application, _ body: (String) async throws -> Void) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var configuration = HTTPServer.Configuration(port: 0, loops: 1)
        configuration.shutdownTimeout = .zero
        configuration.onListening = { continuation.yield($0.port ?? 0) }
        let server = try app.server(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run()
            }
            for await port in ports {
                try await body("http://127.0.0.1:\(port)")
                break
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    // MARK: Running the snippets

    @Test func `the first client of the article talks to a server`() async throws {
        try await serve { url in try await greet(url) }
        #expect(log.all.contains("hello world"))
    }

    @Test func `handlers that are registered before the socket is connected miss nothing`() async throws {
        try await serve { url in
            let client = try SocketClient(url)
            let store = Store()
            let socket = client.socket()
            socket.on("welcome") { (name: String) in print("welcome, \(name)") }
            try await socket.connect(within: .seconds(10))

            socket.on("line") { (who: String, text: String) in print("\(who): \(text)") }
            socket.on("ready?") { (minutes: Int) in minutes > 5 }
            socket.on("load") { (id: Int) async throws in try await store.load(id) }
            socket.on("any arguments") { (event: SocketEvent) in print(event.arguments.count) }
            socket.once("end") { (reason: String) in print(reason) }
            socket.onAny { event in print("received \(event.name)") }

            var lines: [String] = []
            let events = socket.events
            socket.emit("lines", 3)
            for await event in events where event.name == "line" {
                lines.append(try event.arguments.decode(String.self, at: 1))
                if lines.count == 2 { break }
            }
            #expect(lines == ["line 1", "line 2"])
            await client.close()
        }
    }

    @Test func `declared events are shared with the server`() async throws {
        try await serve { url in
            let client = try SocketClient(url)
            let socket = try await client.connect()
            let chat = Chat()
            socket.on(chat.vote) { question in question == "tea?" }
            var incoming = socket.events(of: chat.line).makeAsyncIterator()
            let said = try await socket.emitWithAcknowledgement(chat.say, "hi")
            let received = await incoming.next()
            #expect(said.text == "hi")
            #expect(received?.text == "hi")
            await client.close()
        }
    }

    @Test func `events are acknowledged, volatile, sent again, or awaited`() async throws {
        try await serve { url in
            var settings = ClientSettings()
            settings.retries = 3
            settings.acknowledgementTimeout = .seconds(5)
            settings.reconnection.delay = .milliseconds(500)
            settings.reconnection.maximumDelay = .seconds(30)
            settings.reconnection.maximumAttempts = 100
            let client = try SocketClient(url, settings)
            let socket = try await client.connect()
            do {
                let answer = try await socket.emitWithAcknowledgement("ask", "tea?", timeout: .seconds(3))
                print(try answer.decode(Bool.self, at: 0))
            } catch ClientError.acknowledgementTimedOut {
                print("no answer in 3 seconds")
            }
            socket.volatile.emit("pointer", 12, 40)
            let samples = [1, 2, 3]
            for sample in samples { try await socket.emitAndFlush("sample", sample) }
            try await socket.flush()
            #expect(log.all.suffix(3) == ["sample 1", "sample 2", "sample 3"])
            await client.close()
        }
    }

    @Test func `namespaces share a connection, and a socket repairs its state after each connection`() async throws {
        try await serve { url in
            let client = try SocketClient(url)
            let socket = client.socket()
            socket.onConnect { [weak socket] in
                guard let socket else { return }
                if !socket.isRecovered { socket.emit("enter", "lobby") }
            }
            try await socket.connect()
            let admin = client.socket("/admin")
            try await admin.connect()
            admin.emit("restart")
            admin.disconnect()
            _ = try await socket.emitWithAcknowledgement("sum", 1, 2)
            #expect(log.all.contains("enter lobby"))
            #expect(log.all.contains("restart"))
            await client.close()
        }
    }

    @Test func `tokens are asked for before each connection`() async throws {
        let tokens = Tokens()
        try await serve { url in
            var settings = ClientSettings()
            settings.credentials = {
                var headers = HTTPFields()
                headers[.authorization] = "Bearer \(try await tokens.current())"
                return ClientCredentials(headers: headers)
            }
            let client = try SocketClient(url, settings)
            let socket = client.socket { ["token": try await tokens.current()] }
            try await socket.connect()
            #expect(log.all.prefix(2) == ["header Bearer token 1", "auth token 2"])
            await client.close()
        }
    }

    // MARK: Snippets that need another server

    private func fields(_ settings: inout ClientSettings) {
        settings.path = "/live/socket.io"
        settings.headers[.userAgent] = "thermometer/1.0"
        settings.headers[.cookie] = "session=4711"
        settings.query = [("device", "7")]
    }

    private func certificates(_ settings: inout ClientSettings) {
        settings.tls.trustRoots = .file("/etc/thermometer/authority.pem")
        settings.tls.pinnedKeys = ["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
        settings.tls.certificateFile = "/etc/thermometer/device.pem"
        settings.tls.keyFile = "/etc/thermometer/device.key"
    }

    private func places(_ settings: inout ClientSettings) throws {
        settings.proxy = .url("http://user:password@proxy.example:3128")
        let local = try SocketClient("http+unix://%2Frun%2Fapp.sock/admin")
        #expect(local.socket().namespace == "/admin")
    }

    private func generation(_ settings: inout ClientSettings) {
        settings.revision = .engineIO3
        settings.transport = .webSocket
    }

    private func watch(_ client: SocketClient) async {
        client.onError { error, socket, event in
            print("\(socket?.namespace ?? "") \(event ?? ""): \(error)")
        }
        for await state in client.states {
            switch state {
            case .idle: print("not connected")
            case .connecting(let attempt): print("attempt \(attempt)")
            case .connected(let transport): print("connected over \(transport)")
            case .waiting(_, let delay, let error): print("\(error); again in \(delay)")
            case .closed(let error): print("closed: \(error)")
            }
        }
    }

    @Test func `the states of a client end when it is closed`() async throws {
        var settings = ClientSettings()
        fields(&settings)
        certificates(&settings)
        try places(&settings)
        generation(&settings)
        let client = try SocketClient("http://127.0.0.1", settings)
        let watching = Task { await watch(client) }
        await client.close()
        await watching.value
    }

    // MARK: Tables

    private static let text: [String] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/Gust/Gust.docc/SwiftClient.md")
        // bytes: a file of this repository.
        return (try? String(contentsOf: url, encoding: .utf8))?.split(separator: "\n").map(String.init) ?? []
    }()

    /// The cells of the rows behind a heading.
    private static func table(_ heading: String) throws -> [[String]] {
        let start = try #require(text.firstIndex(of: heading))
        return text[(start + 2)...].prefix { $0.hasPrefix("|") }.map { row in
            // bytes: a file of this repository.
            row.split(separator: "|").map { $0.drop { $0 == " " } }.map { cell in
                String(cell.reversed().drop { $0 == " " }.reversed())
            }
        }
    }

    private static func rows(of value: Any, _ type: String) -> [[String]] {
        Mirror(reflecting: value).children.compactMap { child in
            guard let label = child.label, let text = text(of: child.value, label) else { return nil }
            return ["`\(type).\(label)`", text]
        }
    }

    private static func text(of value: Any, _ label: String) -> String? {
        switch value {
        case let number as Int: number >= 1 << 20 ? "\(number >> 20) Mi" : "\(number)"
        case let duration as Duration: "\(duration.components.seconds) s"
        case let number as Double: "\(number)"
        case let isOn as Bool: isOn ? "on" : "off"
        default: label == "maximumAttempts" ? "none" : nil
        }
    }

    @Test func `the table of limits and times has exactly those of the code`() throws {
        let expected =
            Self.rows(of: ClientLimits(), "ClientLimits") + Self.rows(of: ClientSettings(), "ClientSettings")
            + Self.rows(of: ReconnectionSettings(), "ReconnectionSettings")
        let rows = try Self.table("| limit | default | of what |").map { Array($0.prefix(2)) }
        #expect(rows == expected, "\(expected.map { "| \($0[0]) | \($0[1]) |" }.joined(separator: "\n"))")
    }

    @Test func `the table of revisions has all of them with their transports`() throws {
        let names: [(Revision, String)] = [
            (.engineIO4, "engineIO4"), (.engineIO3, "engineIO3"), (.socketIO09, "socketIO09"),
            (.socketIO06, "socketIO06"),
        ]
        #expect(names.map(\.0) == Revision.all)
        let expected = names.map { revision, name in
            ["`.\(name)`", ClientTransport.all(of: revision).map { "`\($0.rawValue)`" }.joined(separator: ", ")]
        }
        let rows = try Self.table("| revision | servers | transports | what it has |").map { [$0[0], $0[2]] }
        #expect(rows == expected)
    }
}
