import GustAdapter
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// Work that is posted to a loop is done in order, is bounded, and leaves the loop time for I/O.
@Suite(.leavesNothing) struct LoopInboxTests {
    private let loops = TwoLoops(SocketIO())
    private let done = Recorded<Int>()

    private func inbox(_ limits: LoopInbox.Limits = LoopInbox.Limits()) -> LoopInbox {
        LoopInbox(loops.first, limits: limits)
    }

    @Test func `work is done in the order in which it was posted`() {
        let inbox = inbox()
        for number in 1...3 { inbox.append { [done] in done.add(number) } }
        #expect(done.all == [])
        loops.first.turn()
        #expect(done.all == [1, 2, 3])
        #expect(inbox.count == 0)
        inbox.append { [done] in done.add(4) }
        loops.first.turn()
        #expect(done.all == [1, 2, 3, 4])
    }

    @Test func `a long batch is ended, and the next one begins after other tasks of the loop`() {
        let inbox = inbox()
        let loop = loops.first
        for number in 1...3 {
            inbox.append { [done] in
                done.add(number)
                loop.execute { done.add(-number) }
                // Simulates work that takes 2 ms.
                loop.delay = loop.delay + .milliseconds(2)
            }
        }
        loop.turn()
        #expect(done.all == [1, -1])
        // The next batch is due later, so the loop handles I/O before it.
        loop.advance(by: .microseconds(50))
        #expect(done.all == [1, -1, 2, -2])
        loop.advance(by: .microseconds(50))
        #expect(done.all == [1, -1, 2, -2, 3, -3])
        #expect(inbox.count == 0)
    }

    @Test func `only refusable work is refused beyond the bound`() {
        let inbox = inbox(LoopInbox.Limits(pausing: 1, maximum: 2, maximumBytes: 100))
        #expect(inbox.append(isRefusable: true) {})
        #expect(inbox.append(isRefusable: true) {})
        #expect(inbox.isFull)
        #expect(!inbox.append(isRefusable: true) { Issue.record("refused work was done") })
        let isAdded = inbox.append { [done] in done.add(1) }
        #expect(isAdded)
        loops.first.turn()
        #expect(done.all == [1])
        #expect(inbox.append(weight: 100, isRefusable: true) {})
        #expect(!inbox.append(isRefusable: true) { Issue.record("refused work was done") })
    }

    @Test func `flushing a broadcast waits until no inbox is congested`() async {
        let io = loops.io
        _ = io.shards.shard(for: loops.first.executorOfTasks)
        let inbox = io.shards.shard(for: loops.second.executorOfTasks).inbox
        loops.first.turnOnly {
            for _ in 0...LoopInbox.Limits().pausing { io.emit("news") }
        }
        #expect(inbox.isCongested)
        let flushing = Task.immediate { [done] in
            await io.everybody.flush()
            done.add(1)
        }
        // The task has run until its suspension.
        #expect(done.all == [])
        loops.second.turn()
        await flushing.value
        #expect(done.all == [1])
        #expect(inbox.count == 0)
        // A second flush returns at once.
        await io.everybody.flush()
    }

    @Test func `a paused sender resumes when half of the work is done`() {
        let inbox = inbox(LoopInbox.Limits(pausing: 4))
        let loop = loops.first
        inbox.whenRelieved { [done] in done.add(0) }
        #expect(done.all == [0])
        for _ in 1...5 { inbox.append { loop.delay = loop.delay + .milliseconds(2) } }
        #expect(inbox.isCongested)
        inbox.whenRelieved { [done] in done.add(1) }
        loop.turn()
        loop.advance(by: .microseconds(50))
        #expect(inbox.count == 3)
        #expect(done.all == [0])
        loop.advance(by: .microseconds(50))
        #expect(inbox.count == 2)
        #expect(done.all == [0, 1])
    }

    // MARK: Broadcasts

    @Test func `the server doesn't read from a client whose broadcasts congest another loop`() throws {
        let io = loops.io
        io.onConnect { socket in
            socket.on("shout") { (number: Int) in socket.namespace.emit("shouted", number) }
        }
        let target = try loops.open()
        _ = loops.io.shards.shard(for: loops.second.executorOfTasks)
        // A payload of 200 events: more than the threshold at which reading pauses.
        let payload = (0..<200).map { "42[\"shout\",\($0)]" }.joined(separator: "\u{1E}")
        let post = try loops.ask(target, by: .post, body: payload, on: loops.first)
        let second = try #require(io.shards.all.first { $0.eventLoop === loops.second })
        #expect(second.inbox.count == 129)
        #expect(try post.outcome?.get() == nil)
        loops.settle()
        loops.settle()
        #expect(try loops.text(of: post) == "ok")
        #expect(second.inbox.count == 0)
        #expect(io.statistics.refused == 0)
        // Each event is received once.
        var received: [String] = []
        while received.count < 200 {
            let payload = try loops.text(of: loops.ask(target, on: loops.first))
            received += payload.split(separator: "\u{1E}").map(String.init)
        }
        #expect(received == (0..<200).map { "42[\"shouted\",\($0)]" })
    }

    @Test func `packets beyond the maximum of an inbox are refused, counted and reported`() throws {
        let io = loops.io
        let errors = Recorded<SocketError>()
        io.onError { error, _, event in
            if event == "news", let error = error as? SocketError { errors.add(error) }
        }
        _ = try loops.open()
        _ = io.shards.shard(for: loops.second.executorOfTasks)
        let maximum = LoopInbox.Limits().maximum
        loops.first.turnOnly { for _ in 0..<maximum { io.to("nobody").emit("news") } }
        #expect(errors.all == [])
        loops.first.turnOnly { io.to("nobody").emit("news") }
        #expect(errors.all == [.overloaded])
        #expect(io.statistics.refused == 1)
        loops.settle()
        loops.first.turn { io.to("nobody").emit("news") }
        #expect(io.statistics.refused == 1)
    }
}
