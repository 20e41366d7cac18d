import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustHTTP

/// The stream between a server that receives a body and a handler that reads it.
@Suite struct RequestBodyStreamTests {
    /// A stream, with its calls of `onDemand` and the results of its reader.
    private final class Meeting {
        let stream = RequestBodyStream(eventLoop: EmbeddedEventLoop())
        var demands: [Bool] = []
        var results: [String] = []

        init() {
            stream.onDemand = { [unowned self] in demands.append($0) }
        }

        func send(_ text: String) { stream.receive(.bytes(ByteBuffer(string: text))) }

        func collect(upTo limit: Int) {
            stream.collect(upTo: limit) { [unowned self] result in
                switch result {
                case .success(let bytes): results.append(String(buffer: bytes))
                case .failure(let error): results.append("\(error.status.code)")
                }
            }
        }
    }

    @Test func `the stream demands bytes only while a reader waits`() {
        let meeting = Meeting()
        meeting.send("a")
        #expect(meeting.demands == [false])
        meeting.collect(upTo: 10)
        #expect(meeting.demands == [false, true])
        #expect(meeting.results.isEmpty)
        meeting.send("b")
        meeting.stream.receive(.end)
        #expect(meeting.results == ["ab"])
        #expect(meeting.demands == [false, true])
    }

    @Test func `a second reader fails while the first waits, and the first still succeeds`() async {
        let meeting = Meeting()
        meeting.collect(upTo: 10)
        meeting.collect(upTo: 10)
        #expect(meeting.results == ["500"])
        await #expect(throws: HTTPError.self) { try await meeting.stream.next() }
        meeting.send("ab")
        meeting.stream.receive(.end)
        #expect(meeting.results == ["500", "ab"])
    }

    @Test func `a body of exactly the limit is collected, and one more byte fails at once`() async throws {
        let whole = Meeting()
        whole.collect(upTo: 3)
        whole.send("abc")
        whole.stream.receive(.end)
        #expect(whole.results == ["abc"])

        let long = Meeting()
        long.collect(upTo: 3)
        long.send("abc")
        long.send("d")
        #expect(long.results == ["413"])
        #expect(long.demands == [true, false])
        // Further bytes are dropped, and further readers get the same error.
        long.send("e")
        long.stream.receive(.end)
        #expect(long.demands == [true, false])
        await #expect(throws: HTTPError.self) { try await long.stream.next() }
        long.collect(upTo: 100)
        #expect(long.results == ["413", "413"])
        #expect(long.demands == [true, false])
    }

    @Test func `the stream demands nothing if the body has already ended`() {
        let meeting = Meeting()
        meeting.send("a")
        meeting.stream.receive(.end)
        #expect(meeting.demands == [false])
        meeting.demands = []
        meeting.collect(upTo: 10)
        #expect(meeting.results == ["a"])
        #expect(meeting.demands.isEmpty)
        // The bytes of a stream are returned once.
        meeting.collect(upTo: 10)
        #expect(meeting.results == ["a", ""])
    }

    @Test func `events after the first end are ignored`() {
        let meeting = Meeting()
        meeting.stream.receive(.failure(HTTPError(.requestTimeout)))
        meeting.stream.receive(.end)
        meeting.send("late")
        meeting.collect(upTo: 10)
        #expect(meeting.results == ["408"])
    }

    @Test func `bytes received before a failure are read before the error`() async throws {
        let meeting = Meeting()
        meeting.send("a")
        meeting.stream.receive(.failure(HTTPError(.badRequest)))
        #expect(try await meeting.stream.next() == ByteBuffer(string: "a"))
        await #expect(throws: HTTPError.self) { try await meeting.stream.next() }
    }
}
