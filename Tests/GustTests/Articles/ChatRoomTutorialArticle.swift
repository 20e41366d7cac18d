import Gust
import GustPresence
import GustTesting
import Synchronization
import Testing

/// The snippets of `ChatRoomTutorial.md`.
@Suite(.leavesNothing) struct ChatRoomTutorialArticle {
    struct Line: Codable, Equatable, Sendable {
        let who: String
        let text: String
    }

    struct ChatEvents: Contract {
        let title = "Chat"
        let join = ClientEvent<String, [Line]>(
            "join",
            parameters: ["name"],
            summary: "Joins under a name; the reply is the history."
        )
        let say = ClientEvent<String, Line>("say", parameters: ["text"])
        let line = ServerEvent<Line, Never>("line")
        let people = ServerEvent<([String], Int), Never>("people")
    }

    final class History: Sendable {
        private let lines = Mutex<[String: [Line]]>([:])

        func add(_ line: Line, to room: String) {
            lines.withLock { $0[room] = (($0[room] ?? []) + [line]).suffix(100) }
        }

        func lines(of room: String) -> [Line] { lines.withLock { $0[room] ?? [] } }
    }

    struct ChatError: PublicError {
        let publicText: String
    }

    func chatRoom() -> Application {
        let events = ChatEvents()
        let history = History()
        let io = SocketIO()
        let presence = Presence<String>(of: io["/"])
        let name = SocketDataKey<String>("name")

        io.onConnect { socket in
            guard let room = socket.handshake.captures["room"] else { return }
            socket.on(events.join) { wanted in
                guard (1...32).contains(wanted.utf8.count) else {
                    throw ChatError(publicText: "a name has 1 to 32 bytes")
                }
                guard !presence.list(in: room).map(\.details).contains(wanted) else {
                    throw ChatError(publicText: "\(wanted) is here already")
                }
                socket.data[name] = wanted
                socket.join(room)
                try presence.track(socket, in: room, as: wanted, wanted)
                return history.lines(of: room)
            }
            socket.on(events.say) { text in
                guard let who = socket.data[name] else { throw ChatError(publicText: "join first") }
                guard (1...2_000).contains(text.utf8.count) else { throw ChatError(publicText: "say 1 to 2,000 bytes") }
                let line = Line(who: who, text: text)
                history.add(line, to: room)
                socket.to(room).emit(events.line, line)
                return line
            }
        }
        presence.onChange { [weak io] change in
            let list = presence.list(in: change.room)
            io?.to(change.room).local.emit(events.people, list.map(\.details), list.revision)
        }

        var app = Application()
        app.get("/rooms/:room<slug>") { (_, room: String) in HTML(chatPage) }
        app.add(io.routes("live", extraRE: "(?P<room>[A-Za-z0-9_-]+)"))
        return app
    }

    let chatPage = """
        <!DOCTYPE html>
        <meta charset="utf-8">
        <title>Chat</title>
        <p id="people"></p>
        <ol id="lines"></ol>
        <form><input name="text" autocomplete="off" autofocus> <button>Say</button></form>
        <script type="module">
        import io from "/live/socket.io.esm.js";
        const socket = io({ path: `/live/${location.pathname.split("/").pop()}` });
        const name = prompt("Your name?") || `guest ${Math.floor(Math.random() * 1000)}`;
        const show = ({ who, text }) => {
            const item = document.createElement("li");
            item.textContent = `${who}: ${text}`;
            document.querySelector("#lines").append(item);
        };
        let newest = 0;
        socket.on("connect", async () => {
            newest = 0;
            const history = await socket.emitWithAck("join", name);
            if (history.error) return alert(history.error);
            document.querySelector("#lines").replaceChildren();
            history.forEach(show);
        });
        socket.on("line", show);
        socket.on("people", (people, revision) => {
            if (revision < newest) return;
            newest = revision;
            document.querySelector("#people").textContent = people.join(", ");
        });
        const form = document.querySelector("form");
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            const said = await socket.emitWithAck("say", form.text.value);
            if (said.error) return alert(said.error);
            form.reset();
            show(said);
        });
        </script>
        """

    @Test func `who joins later gets the history and is announced`() async throws {
        let events = ChatEvents()
        let client = TestClient(try chatRoom().router())
        let ada = try await client.open("/live/tea")
        #expect(try await ada.emitWithAcknowledgement(events.join, "Ada") == [])
        #expect(try await ada.next(events.people).0 == ["Ada"])
        let line = try await ada.emitWithAcknowledgement(events.say, "hello")
        let bob = try await client.open("/live/tea", over: .polling)
        #expect(try await bob.emitWithAcknowledgement(events.join, "Bob") == [line])
        #expect(try await ada.next(events.people).0 == ["Ada", "Bob"])
    }

    @Test func `a name that is taken is refused`() async throws {
        let client = TestClient(try chatRoom().router())
        let ada = try await client.open("/live/tea")
        let other = try await client.open("/live/tea")
        _ = try await ada.emitWithAcknowledgement("join", "Ada")
        #expect(try await other.emitWithAcknowledgement("join", "Ada") == [#"{"error":"Ada is here already"}"#])
    }

    @Test func `a person whose network fails is gone after the heartbeats`() async throws {
        let events = ChatEvents()
        let client = TestClient(try chatRoom().router())
        let ada = try await client.open("/live/tea")
        let bob = try await client.open("/live/tea")
        _ = try await ada.emitWithAcknowledgement("join", "Ada")
        #expect(try await ada.next(events.people).0 == ["Ada"])
        _ = try await bob.emitWithAcknowledgement("join", "Bob")
        #expect(try await ada.next(events.people).0 == ["Ada", "Bob"])
        try await bob.drop()
        #expect(try await ada.next(events.people).0 == ["Ada"])
    }
}
