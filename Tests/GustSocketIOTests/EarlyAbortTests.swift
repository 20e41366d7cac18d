import GustHTTP
import GustWire
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustSocketIO

/// A client that aborts a request before the connection, which belongs to another loop, has received it.
@Suite(.leavesNothing) struct EarlyAbortTests {
    private let writer = HeldWriter(EmbeddedEventLoop())
    private let outcome = Outcome()

    private func address() throws -> Address {
        let address = Revision.engineIO4.address(AddressParts(path: "/") { ["EIO": "4", "transport": "polling"][$0] })
        return try #require(address)
    }

    @Test func `a poll that was aborted before it reached its connection ends the connection`() throws {
        let loops = TwoLoops(SocketIO())
        let target = try loops.open()
        let poll = try loops.stream(target, on: loops.second)
        loops.second.turn { poll.leave() }
        #expect(loops.io.connectionCount == 1)
        loops.settle()
        #expect(loops.io.connectionCount == 0)
        // A writer that has ended would never free a closure.
        #expect(poll.onAbort == nil)
    }

    @Test func `a response that was aborted before its handlers are set calls them at once`() throws {
        let answer = StreamedAnswer(writer, envelope: try address().envelope)
        writer.leave()
        answer.watch(writability: { _ in }, abort: { [outcome] in outcome.set(.success(())) })
        #expect(outcome.isSuccess)
        #expect(writer.onAbort == nil)
    }
}
