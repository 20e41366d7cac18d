import GustHTTP
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Requests of clients 1.x and 2.x and the responses, byte for byte (engine.io 6.6 and socket.io 4.8 with `allowEIO3`).
@Suite(.leavesNothing) struct EngineIO3EndpointTests {
    private let io = SocketIO()
    private let client: TestClient

    init() {
        io["/guarded"].use { (socket: Socket) throws in
            guard socket.auth == JSONSlice(trusted: ByteBuffer(string: #"{"token":"secret"}"#)) else {
                throw ConnectError("not authorized")
            }
        }
        io["/auth"].onConnect { socket in
            socket.on("auth") { (event: ReceivedEvent) in
                var answer = Arguments()
                if let auth = socket.auth { answer.append(json: auth) }
                event.acknowledge(with: answer)
            }
            socket.on("id") { socket.id }
            socket.on("me") { socket.namespace.to(socket.id).emit("you") }
        }
        io.onConnect { socket in
            socket.on("id") { socket.id }
            socket.on("bytes") { (bytes: ByteBuffer) in
                socket.emit("bytes", bytes)
                socket.namespace.emit("all", bytes)
            }
        }
        client = TestClient(EndpointHarness(io))
    }

    /// Opens a WebSocket and reads the `OPEN` packet; returns the WebSocket and the sid.
    private func open(_ query: String = "EIO=3") async throws -> (webSocket: TestWebSocket, sid: String) {
        let webSocket = try await client.webSocket("/socket.io/?\(query)&transport=websocket")
        guard case .text(let greeting) = try await webSocket.next() else { throw TestError.unexpected("no greeting") }
        let start = try #require(greeting.firstRange(of: #""sid":""#)).upperBound
        return (webSocket, String(greeting[start...].prefix(20)))
    }

    @Test func `the query behind a namespace's name is the client's auth`() async throws {
        let (webSocket, _) = try await open()
        #expect(try await webSocket.next() == .text("40"))
        try await webSocket.send("40/guarded?token=secret,")
        #expect(try await webSocket.next() == .text("40/guarded,"))
        try await webSocket.send("40/auth?a=1&b=x%20y&a=%22,")
        #expect(try await webSocket.next() == .text("40/auth,"))
        try await webSocket.send(#"42/auth,0["auth"]"#)
        #expect(try await webSocket.next() == .text(#"43/auth,0[{"a":["1","\""],"b":"x y"}]"#))
    }

    @Test func `a namespace refuses a client without the right query`() async throws {
        let (webSocket, _) = try await open()
        #expect(try await webSocket.next() == .text("40"))
        try await webSocket.send("40/guarded?token=guess,")
        #expect(try await webSocket.next() == .text(#"44/guarded,"not authorized""#))
    }

    @Test func `the id of a socket is the sid, behind the namespace if that isn't the root`() async throws {
        let (webSocket, sid) = try await open()
        #expect(try await webSocket.next() == .text("40"))
        try await webSocket.send(#"420["id"]"#)
        #expect(try await webSocket.next() == .text(#"430["\#(sid)"]"#))
        try await webSocket.send("40/auth,")
        #expect(try await webSocket.next() == .text("40/auth,"))
        try await webSocket.send(#"42/auth,0["id"]"#)
        #expect(try await webSocket.next() == .text(#"43/auth,0["/auth#\#(sid)"]"#))
        try await webSocket.send(#"42/auth,["me"]"#)
        #expect(try await webSocket.next() == .text(#"42/auth,["you"]"#))
    }

    @Test(arguments: [
        // In revision 3 a binary packet begins with its type: a byte, or a digit in base64.
        ("EIO=3", TestWebSocket.Message.binary(ByteBuffer(bytes: [4, 1, 2, 3]))),
        ("EIO=3&b64=1", .text("b4AQID")),
        ("EIO=4", .binary(ByteBuffer(bytes: [1, 2, 3]))),
        ("EIO=4&b64=1", .text("bAQID")),
    ])
    func `a client that can't receive binary messages gets base64 over WebSocket`(
        query: String,
        attachment: TestWebSocket.Message
    ) async throws {
        let (webSocket, _) = try await open(query)
        if query.hasPrefix("EIO=4") { try await webSocket.send("40") }
        _ = try await webSocket.next()
        let prefix = query.hasPrefix("EIO=3") ? "b4" : "b"
        try await webSocket.send(#"451-["bytes",{"_placeholder":true,"num":0}]"#)
        try await webSocket.send("\(prefix)AQID")
        #expect(try await webSocket.next() == .text(#"451-["bytes",{"_placeholder":true,"num":0}]"#))
        #expect(try await webSocket.next() == attachment)
        #expect(try await webSocket.next() == .text(#"451-["all",{"_placeholder":true,"num":0}]"#))
        #expect(try await webSocket.next() == attachment)
    }

    @Test func `base64 is used after an upgrade too`() async throws {
        let answer = try await client.get("/socket.io/?EIO=4&transport=polling").text
        let start = try #require(answer.firstRange(of: #""sid":""#)).upperBound
        let sid = answer[start...].prefix(20)
        _ = try await client.post("/socket.io/?EIO=4&transport=polling&sid=\(sid)", body: "40")
        _ = try await client.get("/socket.io/?EIO=4&transport=polling&sid=\(sid)")
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket&b64=1&sid=\(sid)")
        try await webSocket.send("2probe")
        #expect(try await webSocket.next() == .text("3probe"))
        try await webSocket.send("5")
        try await webSocket.send(#"451-["bytes",{"_placeholder":true,"num":0}]"#)
        try await webSocket.send("bAQID")
        #expect(try await webSocket.next() == .text(#"451-["bytes",{"_placeholder":true,"num":0}]"#))
        #expect(try await webSocket.next() == .text("bAQID"))
    }

    @Test(arguments: [
        ("Mozilla/4.0 (compatible;MSIE 8.0; Windows NT 5.1)", "0"), ("Mozilla/5.0 (Trident/7.0; rv:11.0)", "0"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", nil),
    ])
    func `the script filter is switched off for Internet Explorer`(agent: String, field: String?) async throws {
        let answer = try await client.get("/socket.io/?EIO=3&transport=polling", headers: [.userAgent: agent])
        #expect(answer.headers[.xXSSProtection] == field)
    }
}
