import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustSocketIO

/// Sessions that wait for their transport.
@Suite struct AnnouncedSessionsTests {
    private let loop = EmbeddedEventLoop()
    private let sessions = AnnouncedSessions(capacity: 2)

    private func insert(_ sid: String, seconds: Int64 = 30) throws {
        let target = try #require(RequestTarget("/socket.io/1/"))
        let request = Request(method: .get, target: target, executor: LoopExecutor(loop))
        let deadline = loop.now + .seconds(seconds)
        sessions.insert(SocketHandshake(request, captures: Captures([])), sid, on: loop, until: deadline)
    }

    @Test func `a session is taken once, and never at its deadline or later`() throws {
        try insert("a")
        try insert("b")
        #expect(sessions.take("a", at: .uptimeNanoseconds(29_999_999_999)) != nil)
        #expect(sessions.take("a", at: .uptimeNanoseconds(0)) == nil)
        #expect(sessions.take("b", at: .uptimeNanoseconds(30_000_000_000)) == nil)
        #expect(sessions.count == 0)
    }

    @Test func `each is forgotten at its own time, though nobody comes`() throws {
        try insert("a")
        loop.advanceTime(by: .seconds(10))
        try insert("b")
        loop.advanceTime(by: .seconds(20))
        #expect(sessions.count == 1)
        loop.advanceTime(by: .seconds(10))
        #expect(sessions.count == 0)
        // And again, after there was nothing to come back for.
        try insert("c")
        loop.advanceTime(by: .seconds(30))
        #expect(sessions.count == 0)
    }

    @Test func `past the bound the oldest that is left is forgotten, and no other`() throws {
        for sid in ["a", "b"] { try insert(sid) }
        #expect(sessions.take("a", at: loop.now) != nil)
        try insert("c")
        #expect(sessions.count == 2)
        try insert("d")
        #expect(sessions.count == 2)
        #expect(sessions.take("b", at: loop.now) == nil)
        #expect(sessions.take("c", at: loop.now) != nil)
    }

    @Test func `what is all forgotten leaves room for the next`() throws {
        try insert("a")
        sessions.removeAll()
        #expect(sessions.count == 0)
        try insert("b")
        loop.advanceTime(by: .seconds(30))
        #expect(sessions.count == 0)
    }
}
