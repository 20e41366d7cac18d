import Gust
import GustTesting
import Testing

/// The snippets of `Contracts.md`.
@Suite struct ContractsArticle {
    struct Line: Codable, Sendable {
        var who: String
        var text: String
    }

    struct Chat: Contract {
        let join = ClientEvent<(String, String?), [Line]>("join", parameters: ["name", "key"])
        let say = ClientEvent<String, Line>("say", parameters: ["text"], summary: "Says a line to the others.")
        let typing = Event<Bool, Never>("typing")
        let line = ServerEvent<Line, Never>("line")
        let vote = ServerEvent<String, Bool>("vote", parameters: ["question"])
    }

    enum Choice: Codable, Sendable, ShapeDescribed {
        case one(Int)
        case none

        static let shape = ValueShape.dictionary(.any)
    }

    private let io = SocketIO()
    private let chat = Chat()

    func ask(_ socket: Socket) async throws {
        let isFor = try await socket.emitWithAcknowledgement(chat.vote, "tea?")
        let votes = try await io.to("chat").emitWithAcknowledgement(chat.vote, "tea?").all()
        print(isFor, votes.count { $0 })
    }

    @Test func `the server, its tests and its documents use one declaration`() async throws {
        let io = io
        var app = Application()
        let chat = Chat()
        io.onConnect { socket in
            socket.on(chat.join) { name, key in
                socket.join("chat")
                return [Line(who: name, text: "joined")]
            }
            socket.on(chat.say) { text in
                let line = Line(who: socket.id, text: text)
                socket.to("chat").emit(chat.line, line)
                return line
            }
            socket.on(chat.typing) { isTyping in socket.to("chat").volatile.emit(chat.typing, isTyping) }
        }
        app.get("/chat.d.ts", use: try .typeScript(of: chat))
        app.get("/asyncapi.json", use: try .asyncAPI(of: chat))
        app.add(io.routes())

        let client = TestClient(try app.router())
        let ada = try await client.open()
        let bob = try await client.open()
        let lines = try await ada.emitWithAcknowledgement(chat.join, "Ada", nil)
        _ = try await bob.emitWithAcknowledgement(chat.join, "Bob", nil)
        try await ada.emit(chat.say, "hi")
        let line = try await bob.next(chat.line)
        #expect(lines.map(\.who) == ["Ada"])
        #expect(line.text == "hi")

        let voter = try #require(await io.everybody.sockets().first { $0.id == ada.id })
        async let asked: Void = ask(voter)
        #expect(try await ada.next(chat.vote) == "tea?")
        try await ada.acknowledge(chat.vote, true)
        for socket in [ada, bob] {
            #expect(try await socket.next(chat.vote) == "tea?")
            try await socket.acknowledge(chat.vote, false)
        }
        try await asked

        let types = try await client.get("/chat.d.ts")
        #expect(types.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(types.text.contains("say: (text: string, callback: (reply: Line | Failure) => void) => void;"))
        #expect(try await client.get("/asyncapi.json").headers[.contentType]?.hasPrefix("application/json") == true)
    }
}
