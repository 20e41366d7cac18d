import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustHTTP

/// The meeting point of a server that receives and a handler that reads.
@Suite struct RequestBodyStreamTests {
    /// A stream, and what the server was told.
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

    @Test func `nothing is read from the peer beyond what somebody asks for`() {
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

    @Test func `a second reader fails while the first one waits, and doesn't disturb it`() async {
        let meeting = Meeting()
        meeting.collect(upTo: 10)
        meeting.collect(upTo: 10)
        #expect(meeting.results == ["500"])
        await #expect(throws: HTTPError.self) { try await meeting.stream.next() }
        meeting.send("ab")
        meeting.stream.receive(.end)
        #expect(meeting.results == ["500", "ab"])
    }

    @Test func `exactly the limit is collected, and a byte more ends the reading at once`() async throws {
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
        // What still comes is dropped, and whoever asks again reads the same.
        long.send("e")
        long.stream.receive(.end)
        #expect(long.demands == [true, false])
        await #expect(throws: HTTPError.self) { try await long.stream.next() }
        long.collect(upTo: 100)
        #expect(long.results == ["413", "413"])
        #expect(long.demands == [true, false])
    }

    @Test func `a body that ended before it was asked for asks nothing of the peer`() {
        let meeting = Meeting()
        meeting.send("a")
        meeting.stream.receive(.end)
        #expect(meeting.demands == [false])
        meeting.demands = []
        meeting.collect(upTo: 10)
        #expect(meeting.results == ["a"])
        #expect(meeting.demands.isEmpty)
        // A body is read once.
        meeting.collect(upTo: 10)
        #expect(meeting.results == ["a", ""])
    }

    @Test func `the first end is the one that counts`() {
        let meeting = Meeting()
        meeting.stream.receive(.failure(HTTPError(.requestTimeout)))
        meeting.stream.receive(.end)
        meeting.send("late")
        meeting.collect(upTo: 10)
        #expect(meeting.results == ["408"])
    }

    @Test func `what came before a failure is read before it`() async throws {
        let meeting = Meeting()
        meeting.send("a")
        meeting.stream.receive(.failure(HTTPError(.badRequest)))
        #expect(try await meeting.stream.next() == ByteBuffer(string: "a"))
        await #expect(throws: HTTPError.self) { try await meeting.stream.next() }
    }
}
