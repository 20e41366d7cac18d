import GustHTTP
import GustSeed
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Requests of clients 0.6 and 0.9 and the responses, byte for byte.
///
/// Source: LearnBoost/socket.io 0.6.17, socket.io 0.9.19.
@Suite(.leavesNothing) struct LegacyEndpointTests {
    private struct Echo: SocketIOHandler {
        let socket: Socket
        func onOpen(_ captures: Captures) throws {
            if socket.handshake.query["refuse"] != nil { throw ConnectError("members only") }
        }
        func onMessage(_ message: Message) { send(message) }
    }

    private let io: SocketIO
    private let client: TestClient

    init() {
        io = SocketIO()
        Echo.serve(on: io["/"])
        client = TestClient(EndpointHarness(io))
    }

    /// Opens a polling connection of 0.6; returns its sid.
    private func open06(_ transport: String = "xhr-polling") async throws -> String {
        let text = try await client.get("/socket.io/\(transport)//1290000000000").text
        return String(text.split(separator: "~m~").last ?? "")
    }

    /// Opens a polling connection of 0.9; returns its sid.
    private func open09() async throws -> String {
        let sid = String(try await client.get("/socket.io/1/?t=1").text.prefix { $0 != ":" })
        #expect(try await client.get("/socket.io/1/xhr-polling/\(sid)?t=2").text == "1::")
        return sid
    }

    // MARK: 0.6

    @Test func `the first poll is answered at once with the sid alone`() async throws {
        let response = try await client.get("/socket.io/xhr-polling//1290000000000")
        #expect(response.headers[.contentType] == "text/plain; charset=UTF-8")
        #expect(response.text.wholeMatch(of: /~m~26~m~[0-9a-z]{26}/) != nil)
    }

    @Test func `a poll without packets is answered empty after 20 seconds`() async throws {
        let sid = try await open06()
        let poll = try await client.start(.get, "/socket.io/xhr-polling/\(sid)/1")
        await client.advance(by: .milliseconds(19_900))
        #expect(try await poll.finishedResponse() == nil)
        await client.advance(by: .milliseconds(200))
        let answer = try await poll.response()
        #expect(answer.status == .ok)
        #expect(answer.text == "")
    }

    @Test func `a connection without a poll ends after 8 seconds`() async throws {
        let sid = try await open06()
        await client.advance(by: .milliseconds(7_900))
        #expect(io.connectionCount == 1)
        await client.advance(by: .milliseconds(200))
        #expect(io.connectionCount == 0)
        let response = try await client.get("/socket.io/xhr-polling/\(sid)/1", headers: [.origin: "http://x.example"])
        #expect(response.status == .notFound)
        #expect(response.headers[.accessControlAllowOrigin] == nil)
    }

    @Test func `a newer poll replaces the older one, which is answered empty`() async throws {
        let sid = try await open06()
        let older = try await client.start(.get, "/socket.io/xhr-polling/\(sid)/1")
        let newer = try await client.start(.get, "/socket.io/xhr-polling/\(sid)/2")
        #expect(try await older.response().text == "")
        #expect(try await newer.finishedResponse() == nil)
        _ = try await client.post("/socket.io/xhr-polling/\(sid)/send", body: "data=~m~1~m~x")
        #expect(try await newer.response().text == "~m~1~m~x")
    }

    @Test func `packets after an aborted poll are sent with the next poll`() async throws {
        let sid = try await open06()
        let poll = try await client.start(.get, "/socket.io/xhr-polling/\(sid)/1")
        try await poll.abort()
        _ = try await client.post("/socket.io/xhr-polling/\(sid)/send", body: "data=~m~1~m~a~m~2~m~bc")
        #expect(try await client.get("/socket.io/xhr-polling/\(sid)/2").text == "~m~1~m~a~m~2~m~bc")
    }

    @Test func `a sid is valid over its own transport only`() async throws {
        let sid = try await open06()
        #expect(try await client.get("/socket.io/jsonp-polling/\(sid)/1/0").status == .badRequest)
        #expect(try await client.get("/socket.io/htmlfile/\(sid)/1").status == .badRequest)
        #expect(io.connectionCount == 1)
    }

    @Test(arguments: [
        "data=~m~2~m~a", "data=~m~-1~m~a", "data=~m~1~n~a", "data=~m~1~m~ab", "data=~m~9999999999~m~a",
        "data=~m~4~m~~j~{", "data=~m~4~m~~h~x", "date=~m~1~m~a", "",
    ])
    func `a damaged frame closes its connection only`(body: String) async throws {
        let sid = try await open06()
        #expect(try await client.post("/socket.io/xhr-polling/\(sid)/send", body: body).status == .ok)
        #expect(io.connectionCount == 0)
        #expect(try await client.get("/socket.io/xhr-polling//1").status == .ok)
    }

    @Test func `an index that isn't a number is not written into a script`() async throws {
        let response = try await client.get("/socket.io/jsonp-polling//1/0](alert(1))//")
        #expect(response.text.hasPrefix("io.JSONP[0]._(\"~m~26~m~") || response.status == .badRequest)
        #expect(!response.text.contains("alert"))
    }

    @Test func `newlines of a form are newlines of the message`() async throws {
        let first = try await client.get("/socket.io/jsonp-polling//1/3").text
        let sid = String(first.dropFirst(#"io.JSONP[3]._("~m~26~m~"#.count).prefix(26))
        // "a", LF, "b" as a form sends it: with CR LF, although the length counts one character.
        _ = try await client.post("/socket.io/jsonp-polling/\(sid)/1/3", body: "data=%7Em%7E3%7Em%7Ea%0D%0Ab")
        let answer = try await client.get("/socket.io/jsonp-polling/\(sid)/2/4")
        #expect(answer.text == #"io.JSONP[4]._("~m~3~m~a\nb");"#)
    }

    @Test func `a page begins with 256 bytes, and no data can close a script element`()
        async throws
    {
        let page = try await client.start(.get, "/socket.io/htmlfile//1")
        let opening = try await page.partialText()
        #expect(opening.utf8.prefix(256).elementsEqual(("<html><body>" + String(repeating: " ", count: 244)).utf8))
        let sid = String(opening.dropFirst(256 + #"<script>parent.s._("~m~26~m~"#.count).prefix(26))
        _ = try await client.post("/socket.io/htmlfile/\(sid)/send", body: "data=~m~9~m~%3C/script%3E")
        let element = try await page.partialText().dropFirst(opening.count)
        #expect(element == #"<script>parent.s._("~m~9~m~\u003c/script>", document);</script>"#)
    }

    @Test func `a part is complete when it arrives`() async throws {
        let answer = try await client.start(.get, "/socket.io/xhr-multipart/")
        let opening = try await answer.partialText()
        let boundary = String(opening.prefix { $0 != "\n" })
        #expect(boundary.hasPrefix("--socketio-"))
        #expect(opening.hasPrefix("\(boundary)\nContent-Type: text/plain; charset=UTF-8\n\n~m~26~m~"))
        #expect(opening.hasSuffix("\n\(boundary)\n"))
        // The first heartbeat comes after ten seconds.
        await client.advance(by: .milliseconds(10_100))
        let beat = try await answer.partialText().dropFirst(opening.count)
        #expect(beat == "Content-Type: text/plain; charset=UTF-8\n\n~m~4~m~~h~1\n\(boundary)\n")
        // The heartbeat isn't answered for eight seconds, and the connection ends.
        await client.advance(by: .milliseconds(8_100))
        #expect(io.connectionCount == 0)
        #expect(try await answer.finishedResponse() != nil)
    }

    @Test func `aborting a streamed response closes the connection at once`() async throws {
        let answer = try await client.start(.get, "/socket.io/htmlfile//1")
        #expect(io.connectionCount == 1)
        try await answer.abort()
        #expect(io.connectionCount == 0)
    }

    @Test(arguments: ["xhr-polling//1", "jsonp-polling//1/0", "htmlfile//1", "xhr-multipart/"])
    func `a client that a handler refuses gets a status and no sid`(tail: String) async throws {
        let response = try await client.get("/socket.io/\(tail)?refuse=1")
        #expect(response.status == .forbidden)
        #expect(response.text == "unauthorized")
        #expect(io.connectionCount == 0)
    }

    // MARK: 0.9

    @Test func `a handshake contains the sid, two times and the transports`() async throws {
        let response = try await client.get("/socket.io/1/?t=1", headers: [.origin: "http://x.example"])
        let pattern = /[A-Za-z0-9_-]{20}:60:60:websocket,flashsocket,htmlfile,xhr-polling,jsonp-polling/
        #expect(response.text.wholeMatch(of: pattern) != nil)
        #expect(response.headers[.contentType] == "text/plain")
        // A cache that sent the response again would give two clients one sid.
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(try await client.get("/socket.io/1/?jsonp=4").text.hasPrefix(#"io.j[4](""#))
        #expect(io.connectionCount == 0)
    }

    @Test func `a handshake without a transport expires after 30 seconds`() async throws {
        let sid = String(try await client.get("/socket.io/1/").text.prefix { $0 != ":" })
        await client.advance(by: .milliseconds(30_100))
        #expect(try await client.get("/socket.io/1/xhr-polling/\(sid)").text == "7:::1+0")
        #expect(io.announced.count == 0)
    }

    @Test func `an unknown sid is reported in the envelope of the transport`() async throws {
        #expect(try await client.get("/socket.io/1/xhr-polling/nobody?t=1").text == "7:::1+0")
        #expect(try await client.get("/socket.io/1/jsonp-polling/nobody?t=1&i=3").text == #"io.j[3]("7:::1+0");"#)
        let webSocket = try await client.webSocket("/socket.io/1/websocket/nobody")
        #expect(try await webSocket.next() == .text("7:::1+0"))
    }

    @Test func `another protocol number is refused as by the reference server`() async throws {
        let response = try await client.get("/socket.io/2/?t=1")
        #expect(response.status == .internalServerError)
        #expect(response.text == "Protocol version not supported.")
        #expect(response.status.reasonPhrase == "Internal Server Error")
    }

    @Test func `a packet with an id without data is acknowledged before its handler is called`() async throws {
        let sid = try await open09()
        let answer = try await client.post("/socket.io/1/xhr-polling/\(sid)", body: "3:7::hi")
        #expect(answer.text == "1")
        let poll = try await client.get("/socket.io/1/xhr-polling/\(sid)")
        #expect(poll.text == "\u{FFFD}5\u{FFFD}6:::7\u{FFFD}6\u{FFFD}3:::hi")
    }

    @Test func `a poll without packets is answered with a noop after 20 seconds`() async throws {
        let sid = try await open09()
        let poll = try await client.start(.get, "/socket.io/1/xhr-polling/\(sid)")
        await client.advance(by: .milliseconds(20_100))
        #expect(try await poll.response().text == "8::")
    }

    @Test(arguments: ["/1/xhr-polling/SID/?disconnect=1", "/1//SID/?disconnect=1", "/1/SID"])
    func `a disconnect request ends the pending poll and the connection`(path: String) async throws {
        let sid = try await open09()
        let poll = try await client.start(.get, "/socket.io/1/xhr-polling/\(sid)")
        let answer = try await client.get("/socket.io" + path.replacing("SID", with: sid))
        #expect(answer.status == .ok)
        #expect(answer.text == "")
        #expect(try await poll.response().text == "0::")
        #expect(io.connectionCount == 0)
    }

    @Test(arguments: [true, false])
    func `a server that shuts down tells its clients to reconnect`(
        isPolling: Bool
    ) async throws {
        let sid = try await open09()
        if isPolling {
            let poll = try await client.start(.get, "/socket.io/1/xhr-polling/\(sid)")
            io.close()
            #expect(try await poll.response().text == "7:::1+0")
        } else {
            io.close()
            #expect(try await client.get("/socket.io/1/xhr-polling/\(sid)").text == "7:::1+0")
        }
        #expect(io.connectionCount == 0)
    }

    @Test func `a heartbeat timeout over WebSocket tells the client to reconnect`() async throws {
        let sid = String(try await client.get("/socket.io/1/").text.prefix { $0 != ":" })
        let socket = try await client.webSocket("/socket.io/1/websocket/\(sid)")
        #expect(try await socket.next() == .text("1::"))
        await client.advance(by: .seconds(25))
        #expect(try await socket.next() == .text("2::"))
        await client.advance(by: .seconds(61))
        #expect(try await socket.next() == .text("7:::1+0"))
        #expect(try await socket.next() == .close(nil))
    }

    @Test func `an unknown namespace is refused, and the connection stays open`() async throws {
        let sid = try await open09()
        _ = try await client.post("/socket.io/1/xhr-polling/\(sid)", body: "1::/nowhere")
        #expect(try await client.get("/socket.io/1/xhr-polling/\(sid)").text == "7::/nowhere:2")
        _ = try await client.post("/socket.io/1/xhr-polling/\(sid)", body: "3::/nowhere:lost")
        #expect(io.connectionCount == 1)
    }

    @Test func `a client that a handler refuses gets an error packet and is closed`() async throws {
        let sid = String(try await client.get("/socket.io/1/?refuse=1").text.prefix { $0 != ":" })
        let answer = try await client.get("/socket.io/1/xhr-polling/\(sid)")
        #expect(answer.text == "7:::2")
        #expect(try await client.get("/socket.io/1/xhr-polling/\(sid)").text == "0::")
        #expect(io.connectionCount == 0)
    }

    // MARK: Recognition

    @Test(arguments: ["/socket.io/nothing", "/socket.io/1x/", "/socket.io/websocket2"])
    func `a path of no revision is answered 400 with an explanation`(path: String) async throws {
        let response = try await client.get(path)
        #expect(response.status == .badRequest)
        #expect(response.text.contains("not a Socket.IO request"))
    }
}
