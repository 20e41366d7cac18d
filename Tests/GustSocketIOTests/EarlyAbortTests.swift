import GustHTTP
import GustWire
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustSocketIO

/// A client that goes away while its request is on the way to its connection, which lives on another loop.
@Suite struct EarlyAbortTests {
    private let writer = HeldWriter(EmbeddedEventLoop())
    private let outcome = Outcome()

    private func envelope() throws -> Envelope {
        let parts = AddressParts(path: "/") { ["EIO": "4", "transport": "polling"][$0] }
        return try #require(Revision.engineIO4.address(parts)).envelope
    }

    @Test func `a poll that is given up before its connection listens is told to it then`() throws {
        let poll = PendingPoll(writer, envelope: try envelope())
        writer.leave()
        poll.whenAborted { [outcome] in outcome.set(.success(())) }
        #expect(outcome.isSuccess)
        // What a writer that has ended would hold for ever.
        #expect(writer.onAbort == nil)
    }

    @Test func `a streamed answer that breaks off before its connection listens is told to it then`() throws {
        let answer = StreamedAnswer(writer, envelope: try envelope())
        writer.leave()
        answer.watch(writability: { _ in }, abort: { [outcome] in outcome.set(.success(())) })
        #expect(outcome.isSuccess)
        #expect(writer.onAbort == nil)
    }
}
