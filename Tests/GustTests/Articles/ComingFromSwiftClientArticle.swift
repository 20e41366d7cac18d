import Gust
import GustClient
import GustTesting
import Synchronization
import Testing

/// The snippets of `ComingFromSwiftClient.md`.
@Suite(.timeLimit(.minutes(1))) struct ComingFromSwiftClientArticle {
    @MainActor final class Amounts {
        var shown: [Double] = []

        func follow(_ socket: ClientSocket) async {
            for await event in socket.events where event.name == "currentAmount" {
                guard let amount = try? event.arguments.decode(Double.self, at: 0) else { continue }
                shown.append(amount)
                if shown.count == 3 { return }
            }
        }
    }

    private func connect(_ url: String, _ token: String) async throws -> (SocketClient, ClientSocket) {
        var settings = ClientSettings()
        settings.deflate = WebSocketDeflate()
        settings.transport = .webSocket
        settings.headers[.authorization] = "Bearer \(token)"
        let client = try SocketClient(url, settings)
        let socket = client.socket()
        socket.onConnect { print("connected") }
        socket.on("currentAmount") { [weak socket] (amount: Double) async throws in
            guard let socket else { return "gone" }
            _ = try await socket.emitWithAcknowledgement("canUpdate", amount, timeout: .seconds(2))
            socket.emit("update", ["amount": amount + 2.5])
            return "thanks"
        }
        try await socket.connect()
        return (client, socket)
    }

    @Test func `the client of the article answers its server`() async throws {
        let (updates, continuation) = AsyncStream.makeStream(of: Double.self)
        let io = SocketIO()
        io.onConnect { socket in
            #expect(socket.handshake.headers[.authorization] == "Bearer secret")
            socket.on("canUpdate") { (amount: Double) in amount == 1 }
            socket.on("update") { (update: [String: Double]) in _ = continuation.yield(update["amount"] ?? 0) }
            socket.on("again") { socket.emit("currentAmount", 1.0) }
        }
        var app = Application()
        app.add(io.routes())
        try await SwiftClientArticle.serve(app) { url in
            let (client, socket) = try await connect(url, "secret")
            let answer = try await io.everybody.emitWithAcknowledgement("currentAmount", 1.0).all()
            #expect(try answer.first?.decode(String.self, at: 0) == "thanks")
            #expect(await updates.first { _ in true } == 3.5)
            let amounts = Amounts()
            let following = Task { await amounts.follow(socket) }
            while await amounts.shown.count < 3 {
                socket.emit("again")
                try await socket.flush()
                await Task.yield()
            }
            await following.value
            #expect(await amounts.shown == [1, 1, 1])
            await client.close()
        }
    }
}
