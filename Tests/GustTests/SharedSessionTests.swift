import Gust
import GustSessions
import GustTesting
import GustWeb
import Synchronization
import Testing

/// A browser's pages and its sockets share one session, over every transport of every generation.
@Suite(.leavesNothing) struct SharedSessionTests {
    private func browser(_ sessions: Sessions, _ io: SocketIO = SocketIO()) throws -> TestClient {
        io.onConnect { socket in
            socket.onMessage { message in
                switch message {
                case .text("user"):
                    let user = try? socket.session.value(String.self, for: "user")
                    socket.send(user ?? "nobody")
                case .text("id"): socket.send(socket.session.id)
                case .text(let text):
                    try? socket.session.set(text, for: "said")
                    Task {
                        try await socket.session.save()
                        socket.send("saved")
                    }
                default: break
                }
            }
        }
        var app = Application()
        app.use(sessions)
        app.get("/") { request in
            let session = try request.session
            let user = try session.value(String.self, for: "user") ?? "nobody"
            return "\(user) said \(try session.value(String.self, for: "said") ?? "nothing")"
        }
        app.get("/id") { request in try request.session.id }
        app.post("/login") { request in
            try request.session.renew()
            try request.session.set("ada", for: "user")
            return "hello"
        }
        app.post("/logout") { request in
            try request.session.destroy()
            return "bye"
        }
        app.add(io.routes())
        return TestClient(try app.router(), keepsCookies: true)
    }

    private func ask(_ socket: TestSocket, _ text: String) async throws -> String {
        try await socket.send(text)
        guard case .text(let answer) = try await socket.nextMessage() else { return "" }
        return answer
    }

    @Test(arguments: ClientProfile.all)
    func `the socket reads the session of a visitor who logged in on a page`(profile: ClientProfile) async throws {
        let browser = try browser(Sessions())
        _ = try await browser.post("/login", body: "")
        let socket = try await browser.open(profile)
        #expect(try await ask(socket, "user") == "ada")
        #expect(try await ask(socket, "id") == browser.get("/id").text)
        // Another browser has another session.
        #expect(try await browser.get("/", headers: [.cookie: "a=b"]).text == "nobody said nothing")
    }

    @Test(arguments: ClientProfile.all)
    func `later requests and connections read the values that a socket saved`(profile: ClientProfile) async throws {
        let browser = try browser(Sessions(store: SessionsTests.RemoteStore()))
        // The browser has no cookie yet: the response that opens the connection sets it.
        let socket = try await browser.open(profile)
        #expect(browser.cookies["session"] != nil)
        #expect(try await ask(socket, "cheese") == "saved")
        #expect(try await browser.get("/").text == "nobody said cheese")
        try await socket.drop()
        await browser.advance(by: .seconds(120))
        #expect(try await browser.get("/").text == "nobody said cheese")
        let second = try await browser.open(profile)
        #expect(try await ask(second, "id") == browser.get("/id").text)
    }

    @Test(arguments: ClientProfile.all)
    func `after a login or logout, the session of an existing socket has ended`(
        profile: ClientProfile
    ) async throws {
        var settings = SocketIOSettings()
        settings.endsWithSession = false
        let browser = try browser(Sessions(), SocketIO(settings))
        let planted = try await browser.open(profile)
        #expect(try await ask(planted, "user") == "nobody")
        let id = try await ask(planted, "id")
        _ = try await browser.post("/login", body: "")
        // The socket was opened with an id that anybody may have planted.
        #expect(try await ask(planted, "user") == "nobody")
        #expect(try await ask(planted, "id") == id)
        let socket = try await browser.open(profile)
        #expect(try await ask(socket, "user") == "ada")
        #expect(try await ask(socket, "id") == browser.get("/id").text)
        _ = try await browser.post("/logout", body: "")
        #expect(try await ask(socket, "user") == "nobody")
    }

    @Test(arguments: ClientProfile.all)
    func `the sockets of a visitor who logs out are disconnected`(profile: ClientProfile) async throws {
        let io = SocketIO()
        let browser = try browser(Sessions(), io)
        _ = try await browser.post("/login", body: "")
        let socket = try await browser.open(profile)
        #expect(try await ask(socket, "user") == "ada")
        _ = try await browser.post("/logout", body: "")
        #expect(try await socket.next() == .disconnected)
        await browser.advance(by: .seconds(120))
        #expect(io.connectionCount == 0)
        #expect(io.statistics.liveConnections == 0)
    }

    @Test func `the socket of a visitor who logs out between two polls is gone at once, not with the next poll`()
        async throws
    {
        let io = SocketIO()
        let reasons = Mutex<[CloseReason]>([])
        io.onConnect { socket in socket.onDisconnect { reason in reasons.withLock { $0.append(reason) } } }
        let browser = try browser(Sessions(), io)
        _ = try await browser.post("/login", body: "")
        let socket = try await browser.open(over: .polling)
        #expect(try await ask(socket, "user") == "ada")
        // The message answers the pending poll; a guard of the route may refuse the next one.
        io.everybody.send(.text("news"))
        await browser.advance(by: .zero)
        _ = try await browser.post("/logout", body: "")
        #expect(reasons.withLock { $0 } == [.forcedServerClose])
        #expect(await io.everybody.fetchSockets().sockets.isEmpty)
        #expect(try await socket.nextMessage() == .text("news"))
        #expect(try await socket.next() == .disconnected)
    }

    @Test func `a socket can be disconnected when its visitor logs out`() async throws {
        let io = SocketIO()
        io.onConnect { socket in socket.session.onEnd { socket.disconnect() } }
        let browser = try browser(Sessions(), io)
        _ = try await browser.post("/login", body: "")
        let socket = try await browser.open()
        _ = try await browser.post("/logout", body: "")
        #expect(try await socket.next() == .disconnected)
    }

    @Test func `a socket without the middleware has a session of its own`() async throws {
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("ids") { [socket.session.id, socket.sessionID] }
        }
        var app = Application()
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        let texts = try await socket.emitWithAcknowledgement("ids")
        let ids = try JSONSlice(validating: ByteBuffer(string: texts[0])).decode([String].self)
        #expect(ids[0] == ids[1])
    }
}
