import GustHTTP
import GustWire
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustSocketIO

/// A client that aborts a request before the connection, which belongs to another loop, has received it.
@Suite struct EarlyAbortTests {
    private let writer = HeldWriter(EmbeddedEventLoop())
    private let outcome = Outcome()

    private func address() throws -> Address {
        let parts = AddressParts(path: "/") { ["EIO": "4", "transport": "polling"][$0] }
        return try #require(Revision.engineIO4.address(parts))
    }

    @Test func `a poll that was aborted before its handler is set calls the handler at once`() throws {
        let poll = PendingPoll(writer, try address())
        writer.leave()
        poll.whenAborted { [outcome] in outcome.set(.success(())) }
        #expect(outcome.isSuccess)
        // A writer that has ended would never free this closure.
        #expect(writer.onAbort == nil)
    }

    @Test func `a response that was aborted before its handlers are set calls them at once`() throws {
        let answer = StreamedAnswer(writer, envelope: try address().envelope)
        writer.leave()
        answer.watch(writability: { _ in }, abort: { [outcome] in outcome.set(.success(())) })
        #expect(outcome.isSuccess)
        #expect(writer.onAbort == nil)
    }
}
