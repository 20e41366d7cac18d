import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustSocketIO

/// Handshakes of 0.9 whose clients have not opened a transport yet.
@Suite struct AnnouncedConnectionsTests {
    private let loop = EmbeddedEventLoop()
    private let sessions = AnnouncedConnections(capacity: 2, capacityPerAddress: 2)

    @discardableResult
    private func insert(
        _ sid: String,
        of address: String? = nil,
        into sessions: AnnouncedConnections? = nil
    ) throws -> Bool {
        let target = try #require(RequestTarget("/socket.io/1/"))
        var request = Request(method: .get, target: target, executor: LoopExecutor(loop))
        request.peer = Peer(address: try address.map { try SocketAddress(ipAddress: $0, port: 1) })
        let handshake = SocketHandshake(request, captures: Captures([]))
        return (sessions ?? self.sessions).insert(handshake, sid, on: loop, until: loop.now + .seconds(30))
    }

    @Test func `an announced connection can be taken once, and only before its deadline`() throws {
        try insert("a")
        try insert("b")
        #expect(sessions.take("a", at: .uptimeNanoseconds(29_999_999_999)) != nil)
        #expect(sessions.take("a", at: .uptimeNanoseconds(0)) == nil)
        #expect(sessions.take("b", at: .uptimeNanoseconds(30_000_000_000)) == nil)
        #expect(sessions.count == 0)
    }

    @Test func `each announced connection is removed at its own deadline`() throws {
        try insert("a")
        loop.advanceTime(by: .seconds(10))
        try insert("b")
        loop.advanceTime(by: .seconds(20))
        #expect(sessions.count == 1)
        loop.advanceTime(by: .seconds(10))
        #expect(sessions.count == 0)
        // The timer is scheduled again for a connection that is announced later.
        try insert("c")
        loop.advanceTime(by: .seconds(30))
        #expect(sessions.count == 0)
    }

    @Test func `at the bound no connection is announced until one is taken or expires`() throws {
        #expect(try insert("a"))
        #expect(try insert("b"))
        #expect(try !insert("c"))
        #expect(sessions.count == 2)
        #expect(sessions.take("a", at: loop.now) != nil)
        #expect(try insert("c"))
        #expect(try !insert("d"))
        loop.advanceTime(by: .seconds(30))
        #expect(try insert("d"))
        #expect(sessions.count == 1)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"),
    ])
    func `an address at its bound takes no places from other addresses`(
        one: String,
        same: String,
        other: String
    ) throws {
        let sessions = AnnouncedConnections(capacity: 100, capacityPerAddress: 2)
        #expect(try insert("a", of: one, into: sessions))
        #expect(try insert("b", of: same, into: sessions))
        #expect(try !insert("c", of: one, into: sessions))
        #expect(try insert("d", of: other, into: sessions))
        #expect(sessions.take("a", at: loop.now) != nil)
        #expect(try insert("c", of: same, into: sessions))
        for number in 0..<20 { #expect(try insert("\(number)", into: sessions)) }
    }

    @Test func `header fields beyond the maximum size of a handshake are not kept`() throws {
        let target = try #require(RequestTarget("/socket.io/1/"))
        var request = Request(method: .get, target: target, executor: LoopExecutor(loop))
        request.headers[.authorization] = "secret"
        for _ in 0..<100 { request.headers.append(HTTPField(name: .cookie, value: String(repeating: "x", count: 600))) }
        request.headers.append(HTTPField(name: .accept, value: "*/*"))
        let headers = SocketHandshake(request, captures: Captures([]), maximumSize: 8_192).headers
        let size = headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
        #expect((7_500...8_192).contains(size))
        #expect(headers[.authorization] == "secret")
        #expect(headers[.accept] == "*/*")
        request.headers = [.cookie: "a=1"]
        #expect(SocketHandshake(request, captures: Captures([]), maximumSize: 8_192).headers == request.headers)
    }

    @Test func `after removing all announced connections a new one can be announced`() throws {
        try insert("a")
        sessions.removeAll()
        #expect(sessions.count == 0)
        try insert("b")
        loop.advanceTime(by: .seconds(30))
        #expect(sessions.count == 0)
    }
}

extension SocketHandshake {
    fileprivate convenience init(_ request: Request, captures: Captures, maximumSize: Int = .max) {
        var texts = HandshakeTexts()
        self.init(request, captures: captures, maximumSize: maximumSize, sharing: &texts)
    }
}
