import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Pending polls and streamed responses of slow clients, and of clients that abort.
@Suite(.leavesNothing) struct HeldAnswerTests {
    private let io = SocketIO()
    private let loops: TwoLoops

    init() { loops = TwoLoops(io) }

    /// Opens a connection of 0.6 over htmlfile; returns the response and the target of the next request.
    private func page() throws -> (HeldWriter, String) {
        let writer = try loops.stream("/socket.io/htmlfile//1")
        let sid = try #require(io.connections.all.first?.sid)
        return (writer, "/socket.io/htmlfile/\(sid)/1")
    }

    private func say(_ texts: String...) {
        for text in texts { loops.first.turn { io.everybody.send(.text(text)) } }
    }

    // MARK: Polls

    @Test func `packets between two polls of 0.9 wait, also if the first client only half-closed`() throws {
        let told = try loops.text(of: loops.ask("/socket.io/1/", on: loops.first))
        let target = "/socket.io/1/xhr-polling/\(told.prefix { $0 != ":" })"
        #expect(try loops.text(of: loops.ask(target, on: loops.first)) == "1::")
        let first = try loops.stream(target)
        // The client has closed its sending side; it may be gone, or may still read.
        first.hasPeerFinished = true
        say("news")
        #expect(first.isAborted)
        #expect(first.text == "")
        let second = try loops.stream(target)
        #expect(second.text == "3:::news")
        second.complete(true)
        #expect(io.connectionCount == 1)
    }

    @Test func `in revision 4 a poll is answered although its client has half-closed`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        poll.hasPeerFinished = true
        say("news")
        #expect(poll.text == #"42["message","news"]"#)
        poll.complete(true)
    }

    // MARK: Streams

    @Test func `packets for a slow reader wait until the response is writable`() throws {
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

    @Test func `a newer page replaces the older one and gets the waiting packets`() throws {
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

    @Test func `events of a replaced page don't affect the connection`() throws {
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

    @Test func `a page without packets has its first bytes and headers before it ends`() throws {
        let (_, target) = try page()
        let second = try loops.stream(target)
        #expect(second.text == "")
        _ = try loops.stream(target)
        #expect(second.isFinished)
        #expect(second.text.hasPrefix("<html>"))
        #expect(second.headers[.contentType]?.hasPrefix("text/html") == true)
    }

    @Test func `htmlfile uses chunks, and xhr-multipart doesn't`() throws {
        #expect(try page().0.isChunked)
        #expect(try loops.stream("/socket.io/xhr-multipart/").isChunked == false)
    }

    @Test func `aborting a connection aborts its response`() throws {
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

    @Test func `packets that weren't delivered are the first of the next poll`() throws {
        let target = try loops.open()
        let broken = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        #expect(broken.text == #"42["one"]"#)
        loops.first.turn { io.emit("two") }
        loops.first.turn { broken.complete(false) }
        #expect(try loops.stream(target).text == "42[\"one\"]\u{1E}42[\"two\"]")
    }

    @Test func `packets that weren't delivered answer a pending poll at once`() throws {
        let target = try loops.open()
        let broken = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        let next = try loops.stream(target)
        loops.first.turn { broken.complete(false) }
        #expect(next.text == #"42["one"]"#)
    }

    @Test func `aborting an answered poll doesn't close the connection`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        loops.first.turn { poll.onAbort?() }
        #expect(io.connectionCount == 1)
    }

    @Test func `closing a connection twice sends one close packet`() throws {
        let target = try loops.open()
        let connection = try #require(io.connections.all.first)
        loops.first.turn {
            connection.close(.forcedServerClose)
            connection.close(.forcedServerClose)
        }
        #expect(try loops.stream(target).text == "1")
    }

    @Test func `delivered packets aren't sent again`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        loops.first.turn { poll.complete(true) }
        #expect(try loops.stream(target).text == "")
    }

    @Test func `packets that weren't delivered come before the close packet`() throws {
        let target = try loops.open()
        let connection = try #require(io.connections.all.first)
        let broken = try loops.stream(target)
        loops.first.turn { io.emit("one") }
        loops.first.turn { connection.close(.forcedServerClose) }
        loops.first.turn { broken.complete(false) }
        #expect(try loops.stream(target).text == "42[\"one\"]\u{1E}1")
        #expect(io.connectionCount == 0)
    }

    @Test func `a close packet that wasn't delivered isn't kept`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        let connection = try #require(io.connections.all.first)
        loops.first.turn { connection.close(.forcedServerClose) }
        #expect(poll.text == "1")
        loops.first.turn { poll.complete(false) }
        #expect(connection.outbox.isEmpty)
    }

    @Test func `a poll after a deadline ends the connection, also before the timer fires`() throws {
        let greeting = try loops.text(of: loops.ask("/socket.io/?EIO=4&transport=polling", on: loops.first))
        #expect(greeting.hasPrefix("0{"))
        let sid = try #require(io.connections.all.first?.sid)
        // The connect timeout is 45 s, and the timer wheel has ticks of 10 ms.
        loops.first.advance(by: .milliseconds(45_005))
        #expect(io.connectionCount == 1)
        let poll = try loops.stream("/socket.io/?EIO=4&transport=polling&sid=\(sid)")
        #expect(poll.isFinished)
        #expect(poll.status == .badRequest)
        #expect(io.connectionCount == 0)
    }
}
