import Gust
import GustTesting
import Testing

/// The snippets of `StartHere.md`: the application, the program and the tests of the package that the article makes.
@Suite(.leavesNothing) struct StartHereArticle {
    private func main() async {
        await Application.main {
            try await board().run(port: 8080)
        }
    }

    @Test func `a number is doubled, and text is not found`() async throws {
        let client = TestClient(try board().router())
        #expect(try await client.get("/double/21").text == #"{"double":42}"#)
        #expect(try await client.get("/double/much").status == .notFound)
    }

    @Test func `a line reaches the others of its room only`() async throws {
        let client = TestClient(try board().router())
        let ada = try await client.open("/live/tea")
        let bob = try await client.open("/live/tea")
        let eve = try await client.open("/live/milk")
        #expect(try await ada.emitWithAcknowledgement("say", "hello") == [#""said in tea""#])
        #expect(try await bob.next() == .event("line", [#""hello""#]))
        #expect(try await eve.nextIfAny() == nil)
    }

    @Test func `the client script that the page loads is served`() async throws {
        let client = TestClient(try board().router())
        let page = try await client.get("/rooms/tea").text
        #expect(page.contains(#"from "/live/socket.io.esm.js""#))
        #expect(try await client.get("/live/socket.io.esm.js").status == .ok)
    }
}

func board() -> Application {
    var app = Application()

    // A page with a capture: /rooms/tea
    app.get("/rooms/:room") { (_, room: String) in HTML(page) }

    // A typed route: the last part of the path must be a number, or the answer is 404.
    app.get("/double/:number") { (_, number: Int) in JSON(["double": number * 2]) }

    // A Socket.IO endpoint for each room: /live/tea
    let io = SocketIO()
    io.onConnect { socket in
        let room = socket.handshake.captures["room"] ?? ""
        socket.join(room)
        socket.on("say") { (text: String) in
            socket.to(room).emit("line", text)
            return "said in \(room)"
        }
    }
    app.add(io.routes("live", extraRE: "(?P<room>[a-z]+)"))
    return app
}

let page = """
    <!DOCTYPE html>
    <meta charset="utf-8">
    <title>Board</title>
    <form><input name="text" autofocus> <button>Say</button></form>
    <ul></ul>
    <script type="module">
    import io from "/live/socket.io.esm.js";
    const room = location.pathname.split("/").pop();
    const socket = io({ path: `/live/${room}` });
    const form = document.querySelector("form");
    const show = (text) => {
        const line = document.createElement("li");
        line.textContent = text;
        document.querySelector("ul").append(line);
    };
    socket.on("line", show);
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const text = form.text.value;
        form.reset();
        show(`${text} (${await socket.emitWithAck("say", text)})`);
    });
    </script>
    """
