import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Answers that stream or poll, to clients that take their time or break off.
@Suite(.leavesNothing) struct HeldAnswerTests {
    private let io = SocketIO()
    private let loops: TwoLoops

    init() { loops = TwoLoops(io) }

    /// A session of 0.6 on an endless page; returns the page and where to ask for another.
    private func page() throws -> (HeldWriter, String) {
        let writer = try loops.stream("/socket.io/htmlfile//1")
        let sid = try #require(io.connections.all.first?.sid)
        return (writer, "/socket.io/htmlfile/\(sid)/1")
    }

    private func say(_ texts: String...) {
        for text in texts { loops.first.turn { io.everybody.send(.text(text)) } }
    }

    // MARK: Polls

    @Test func `what is said between two polls waits, even if the end of the first was only half a one`() throws {
        let told = try loops.text(of: loops.ask("/socket.io/1/", on: loops.first))
        let target = "/socket.io/1/xhr-polling/\(told.prefix { $0 != ":" })"
        #expect(try loops.text(of: loops.ask(target, on: loops.first)) == "1::")
        let first = try loops.stream(target)
        // The network between them broke; the other end may be gone, or only have shut down its side.
        first.hasPeerFinished = true
        say("news")
        #expect(first.isAborted)
        #expect(first.text == "")
        let second = try loops.stream(target)
        #expect(second.text == "3:::news")
        second.complete(true)
        #expect(io.connectionCount == 1)
    }

    @Test func `a session that ends with its poll answers a client that has shut down its side`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        poll.hasPeerFinished = true
        say("news")
        #expect(poll.text == #"42["message","news"]"#)
        poll.complete(true)
    }

    // MARK: Streams

    @Test func `what a slow reader can't take waits, and leaves when it can`() throws {
        let (writer, _) = try page()
        writer.isWritable = false
        say("one", "two")
        #expect(writer.text.contains("~m~one"))
        #expect(!writer.text.contains("~m~two"))
        #expect(io.connections.all.first?.bufferedBytes ?? 0 > 0)
        writer.isWritable = true
        loops.first.turn { writer.onWritable?() }
        #expect(writer.text.contains("~m~two"))
    }

    @Test func `the newest page is the one that is read, and gets what waited`() throws {
        let (first, target) = try page()
        first.isWritable = false
        say("one", "two")
        let second = try loops.stream(target)
        #expect(first.isFinished)
        #expect(second.text.contains("~m~two"))
        say("three")
        #expect(second.text.contains("~m~three"))
        #expect(!first.text.contains("~m~three"))
    }

    @Test func `what becomes of an older page is nothing to the session`() throws {
        let (first, target) = try page()
        let second = try loops.stream(target)
        second.isWritable = false
        say("one", "two")
        loops.first.turn { first.onWritable?() }
        #expect(!second.text.contains("~m~two"))
        loops.first.turn { first.onAbort?() }
        #expect(io.connectionCount == 1)
        loops.first.turn { second.onAbort?() }
        #expect(io.connectionCount == 0)
    }

    @Test func `a page that nothing was said on still begins before it ends`() throws {
        let (_, target) = try page()
        let second = try loops.stream(target)
        #expect(second.text == "")
        _ = try loops.stream(target)
        #expect(second.isFinished)
        #expect(second.text.hasPrefix("<html>"))
        #expect(second.headers[.contentType]?.hasPrefix("text/html") == true)
    }

    @Test func `a page comes in chunks, parts don't`() throws {
        #expect(try page().0.isChunked)
        #expect(try loops.stream("/socket.io/xhr-multipart/").isChunked == false)
    }

    @Test func `a session that is broken off breaks its answer off`() throws {
        let (writer, _) = try page()
        let target = try loops.open()
        let poll = try loops.stream(target)
        loops.first.turn {
            for socket in io.connections.all.flatMap(\.sockets) { socket.abort() }
        }
        #expect(writer.isAborted)
        #expect(poll.isAborted)
        #expect(io.connectionCount == 0)
    }

    // MARK: Polls

    @Test func `what didn't reach a polling client is the first of its next poll`() throws {
        let target = try loops.open()
        let broken = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        #expect(broken.text == #"42["one"]"#)
        loops.first.turn { io.emit("two") }
        loops.first.turn { broken.complete(false) }
        #expect(try loops.stream(target).text == "42[\"one\"]\u{1E}42[\"two\"]")
    }

    @Test func `what didn't reach a polling client goes at once to a poll that waits`() throws {
        let target = try loops.open()
        let broken = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        let next = try loops.stream(target)
        loops.first.turn { broken.complete(false) }
        #expect(next.text == #"42["one"]"#)
    }

    @Test func `a client that goes away from a poll that was answered hasn't left`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        loops.first.turn { poll.onAbort?() }
        #expect(io.connectionCount == 1)
    }

    @Test func `a session that is closed twice says so once`() throws {
        let target = try loops.open()
        loops.first.turn {
            io.close()
            io.close()
        }
        #expect(try loops.stream(target).text == "1")
    }

    @Test func `what reached a polling client isn't said again`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        loops.first.turn { poll.complete(true) }
        #expect(try loops.stream(target).text == "")
    }

    @Test func `what didn't reach a client comes before the end of a session that is being closed`() throws {
        let target = try loops.open()
        let broken = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        loops.first.turn { io.close() }
        loops.first.turn { broken.complete(false) }
        #expect(try loops.stream(target).text == "42[\"one\"]\u{1E}1")
        #expect(io.connectionCount == 0)
    }

    @Test func `what a session's end says isn't kept`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        let connection = try #require(io.connections.all.first)
        loops.first.turn { io.close() }
        #expect(poll.text == "1")
        loops.first.turn { poll.complete(false) }
        #expect(connection.outbox.isEmpty)
    }

    @Test func `a deadline that is over counts for who polls, before the timer comes to it`() throws {
        let greeting = try loops.text(of: loops.ask("/socket.io/?EIO=4&transport=polling", on: loops.first))
        #expect(greeting.hasPrefix("0{"))
        let sid = try #require(io.connections.all.first?.sid)
        // To join takes 45 s at most, and the wheel turns every 10 ms.
        loops.first.advance(by: .milliseconds(45_005))
        #expect(io.connectionCount == 1)
        let poll = try loops.stream("/socket.io/?EIO=4&transport=polling&sid=\(sid)")
        #expect(poll.isFinished)
        #expect(poll.status == .badRequest)
        #expect(io.connectionCount == 0)
    }
}
