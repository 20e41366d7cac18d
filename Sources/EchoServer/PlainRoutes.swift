import Gust

/// The plain HTTP routes of the echo contract.
struct PlainRoutes {
    /// How many routes with an expression there are.
    let count: Int
    let deflate: Bool

    private struct Greeting: Encodable {
        var message: String
    }

    func register(on app: inout Application) {
        app.get("/") { _ in "ok" }
        app.get("/async") { (_: Request) async -> String in "ok" }
        app.get(#"/users/(?P<id>\d+)"#) { request in request.captures["id"] }
        for number in 0..<count {
            app.get(#"/r\#(number)/users/(?P<id>\d+)"#) { request in request.captures["id"] }
        }
        app.get("/json") { _ in JSON(Greeting(message: "Hello, World!")) }
        app.post("/upload") { request async throws in
            var count = 0
            for try await chunk in request.body { count += chunk.readableBytes }
            return String(count)
        }
        app.get("/static/(?P<path>.+)", use: .files("public"))
        app.get(#"/sleep/(?P<time>\d+)"#) { (_, time: Int) async throws in
            try await Task.sleep(for: .milliseconds(min(time, 60_000)))
            return "ok"
        }
        app.webSocket("/ws", maximumMessageSize: 64 << 20, deflate: deflate ? WebSocketDeflate() : nil) {
            webSocket,
            events in
            events.onText = { webSocket.send(text: $0) }
            events.onBinary = { webSocket.send(binary: $0) }
        }
    }
}
