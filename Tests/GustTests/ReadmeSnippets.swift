import Gust
import GustSeed

// The README's snippets. `ReadmeTests` compares each line of the README's Swift with the lines here.

func helloWorld() -> Application {
    var app = Application()
    app.get("/") { _ in "Hello, world" }
    app.get("/hello/:name") { (_, name: String) in "Hello, \(name)" }
    app.get(#"/users/(?P<id>\d+)"#) { request in request.captures["id"] }
    return app
}

func helloProgram() async {
    await Application.main {
        let app = helloWorld()
        try await app.run(port: 8080)
    }
}

struct EchoHandler: SocketIOHandler {
    let socket: Socket
    func onMessage(_ message: Message) { send("[echo] \(message)") }
}

func seedEcho() -> Application {
    let echo = EchoHandler.routes("echoTest", extraRE: "(?P<sec_a>123)(?P<sec_b>.*)", extraSep: "/")
    let app = Application([echo], flashPolicyPort: 8043, socketIOPort: 8888)
    return app
}

func seedServer(of app: Application) async {
    await Application.main { try await SocketIOServer(app).run() }
}

func typedEvents() -> Application {
    var app = Application()
    let io = SocketIO()
    io.onConnect { socket in
        socket.join("lobby")
        socket.on("typing") { (who: String, since: Int) in socket.broadcast.emit("typing", who, since) }
        socket.on("sum") { (a: Int, b: Int) in a + b }
    }
    app.add(io.routes())
    return app
}
