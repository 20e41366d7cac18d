import GustHTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import GustWeb

/// The writer with which middleware observes the end of streamed responses.
@Suite struct CountingWriterTests {
    private final class Connection {
        var writer: CountingWriter?
        var isAborted = false
    }

    private func pair() -> (inner: RecordingWriter, counting: CountingWriter) {
        let inner = RecordingWriter(Response(), eventLoop: EmbeddedEventLoop())
        return (inner, CountingWriter(inner) { _ in })
    }

    // A poll that waited when its endpoint was closed kept its connection: the connection keeps the writer, and the closure the connection.
    @Test(arguments: ["finish", "abort", "the client leaves"])
    func `the closure about the client is released when the response ends`(end: String) {
        let (inner, writer) = pair()
        weak var connection: Connection?
        do {
            let strong = Connection()
            strong.writer = writer
            writer.onAbort = { strong.isAborted = true }
            connection = strong
        }
        #expect(connection != nil)
        switch end {
        case "finish": writer.finish()
        case "abort": writer.abort()
        default: inner.onAbort?()
        }
        #expect(connection == nil)
    }

    @Test func `a closure that is set after the end is called at once if the client has left, and isn't kept`() {
        let (inner, left) = pair()
        inner.onAbort?()
        var calls = 0
        left.onAbort = { calls += 1 }
        #expect(calls == 1)
        #expect(left.onAbort == nil)
        let (_, finished) = pair()
        finished.finish()
        finished.onAbort = { calls += 1 }
        #expect(calls == 1)
        #expect(finished.onAbort == nil)
    }
}
