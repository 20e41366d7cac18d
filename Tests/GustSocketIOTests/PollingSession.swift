import GustTesting
import Testing

extension TestClient {
    /// Opens a polling connection of revision 4; returns the target of its requests.
    func pollingSession(joining: Bool = true) async throws -> String {
        let greeting = try await get("/socket.io/?EIO=4&transport=polling").text
        let start = try #require(greeting.firstRange(of: #""sid":""#)).upperBound
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(greeting[start...].prefix(20))"
        guard joining else { return target }
        #expect(try await post(target, body: "40").text == "ok")
        #expect(try await get(target).text.hasPrefix("40{"))
        return target
    }

    /// Opens a WebSocket for the upgrade of a polling connection.
    func candidate(of target: String) async throws -> TestWebSocket {
        try await webSocket(target.replacing("polling", with: "websocket"))
    }

    /// Opens a WebSocket of revision 4 and joins `/`.
    func joinedWebSocket() async throws -> TestWebSocket {
        let webSocket = try await webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        try await webSocket.send("40")
        _ = try await webSocket.next()
        return webSocket
    }
}
