import Gust
import GustSessions
import GustTesting
import GustWire
import Synchronization
import Testing

/// The behaviour of `GustTesting`'s Socket.IO client that tests rely on.
@Suite(.leavesNothing) struct TestSocketTests {
    private let io = SocketIO()
    private let requests = Counted()
    private let client: TestClient

    /// The number of received requests.
    private final class Counted: Sendable {
        private let state = Mutex(0)
        var value: Int { state.withLock { $0 } }
        func add() { state.withLock { $0 += 1 } }
    }

    init() throws {
        io.onConnect { socket in
            socket.on("bye") { socket.disconnect(closingConnection: true) }
            socket.on("echo") { (event: ReceivedEvent) in socket.emit("echo", arguments: event.arguments) }
            socket.on("ask") { (event: ReceivedEvent) in socket.emit("message", arguments: event.arguments) }
        }
        io["/other"].onConnect { _ in }
        io["/closed"].use { (_: Socket) throws in throw ConnectError("members only") }
        var app = Application()
        app.use { [requests] request, next in
            requests.add()
            return try await next.respond(to: request)
        }
        app.add(io.routes())
        app.get("/cookies") { request in
            Response("\(request.headers[.cookie] ?? "none")")
        }
        app.get("/set") { request in
            var response = Response("set")
            for value in ["a=1=2; Path=/", "odd", "b=2", "c=3"] {
                response.headers.append(HTTPField(name: .setCookie, value: value))
            }
            return response
        }
        app.get("/end") { _ in
            var response = Response("ended")
            response.headers[.setCookie] = "b=; Max-Age=0"
            return response
        }
        client = TestClient(try app.router(), keepsCookies: true)
    }

    // MARK: Cookies and fields

    @Test func `cookies are kept, sent, and removed`() async throws {
        #expect(try await client.get("/cookies").text == "none")
        _ = try await client.get("/set")
        #expect(client.cookies.map { "\($0.name)=\($0.value)" } == ["a=1=2", "b=2", "c=3"])
        #expect(try await client.get("/cookies").text == "a=1=2; b=2; c=3")
        _ = try await client.get("/end")
        #expect(try await client.get("/cookies").text == "a=1=2; c=3")
        #expect(try await client.get("/cookies", headers: [.cookie: "own=1"]).text == "own=1")
    }

    @Test func `fields of one request override those for all requests`() async throws {
        client.setHeaders([.cookie: "common=1"])
        #expect(try await client.get("/cookies").text == "common=1")
        #expect(try await client.get("/cookies", headers: [.cookie: "own=1"]).text == "own=1")
    }

    @Test func `an invalid target throws an error`() async throws {
        await #expect(throws: TestError.self) { try await client.get("no slash") }
    }

    // MARK: Ends and refusals

    @Test(arguments: ClientProfile.all)
    func `after the server has ended the connection, the client is silent`(profile: ClientProfile) async throws {
        let socket = try await client.open(profile)
        try await client.wait(for: "the socket") { [io] in io["/"].socketCount == 1 }
        io.everybody.disconnect(closingConnection: true)
        #expect(try await socket.next() == .disconnected)
        // If both are received, the end of the connection follows the end of the namespace.
        if let rest = try await socket.nextIfAny() { #expect(rest == .disconnected) }
        let count = requests.value
        for _ in 0..<3 {
            await client.advance(by: .milliseconds(200))
            #expect(try await socket.nextIfAny() == nil)
        }
        #expect(requests.value == count)
    }

    @Test(arguments: [ClientTransport.polling, .jsonp, .upgrade, .webSocket])
    func `a client that a namespace refuses gets the reason`(transport: ClientTransport) async throws {
        do {
            _ = try await client.open(over: transport, namespace: "/closed")
            Issue.record("it was let in")
        } catch TestError.unexpected(let text) {
            #expect(text == #"{"message":"members only"}"#)
        }
    }

    @Test func `the error for a message to a connection that has ended has the response`() async throws {
        let socket = try await client.open(over: .polling)
        try await client.open(over: .polling).close()
        io.everybody.disconnect(closingConnection: true)
        #expect(try await socket.next() == .disconnected)
        do {
            try await socket.emit("echo", 1)
            Issue.record("it was taken")
        } catch TestError.refused(let response) {
            #expect(response.text.hasPrefix(#"{"code":1,"message":"Session ID unknown","#))
        }
    }

    @Test(arguments: [ClientTransport.htmlFile, .multipart, .xhrPolling, .jsonpPolling])
    func `the error for a refused stream or poll has the status`(transport: ClientTransport) async throws {
        io["/"].use { (_: Socket) throws in throw ConnectError("no") }
        do {
            _ = try await client.open(over: transport, speaking: .socketIO06)
            Issue.record("it was let in")
        } catch TestError.refused(let response) {
            #expect(response.status == .forbidden)
        }
    }

    @Test(arguments: ClientProfile.all)
    func `closing the client ends the connection`(profile: ClientProfile) async throws {
        let socket = try await client.open(profile)
        try await socket.close()
        // A 0.6 client sends nothing to close a polled connection: it only stops polling.
        if profile.revision == .socketIO06 { await client.advance(by: .seconds(9)) }
        #expect(io.connectionCount == 0)
        // 0.9 reports an unknown sid in a response with status 200.
        guard profile.revision != .socketIO09 else { return }
        await #expect(throws: TestError.self) { try await socket.emit("echo", 1) }
    }

    // MARK: Events and messages

    @Test func `the id is that of the client's own namespace`() async throws {
        let socket = try await client.open()
        let id = socket.id
        try await socket.sendRaw("40/other,")
        #expect(try await socket.nextIfAny() == nil)
        #expect(socket.id == id)
        let other = try await client.open(namespace: "/other")
        #expect(other.id != id)
        #expect(!other.id.isEmpty)
    }

    @Test func `a message is one argument, and any other packet is unexpected`() async throws {
        let socket = try await client.open()
        try await socket.emit("ask", "text")
        #expect(try await socket.nextMessage() == .text("text"))
        try await socket.emit("ask", ["a": 1])
        #expect(try await socket.nextMessage() == .json(try JSONSlice(validating: ByteBuffer(string: #"{"a":1}"#))))
        try await socket.emit("ask", ByteBuffer(bytes: [1]))
        #expect(try await socket.nextMessage() == .binary(ByteBuffer(bytes: [1])))
        try await socket.emit("ask", "two", "arguments")
        await #expect(throws: TestError.self) { try await socket.nextMessage() }
        try await socket.emit("echo", 1)
        await #expect(throws: TestError.self) { try await socket.nextMessage() }
    }

    @Test func `heartbeats are answered and counted`() async throws {
        let socket = try await client.open()
        for count in 1...3 {
            await client.advance(by: .milliseconds(25_020))
            #expect(try await socket.nextIfAny() == nil)
            #expect(socket.heartbeats == count)
        }
        #expect(io.connectionCount == 1)
    }
}
