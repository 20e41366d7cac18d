import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// What is done to an answer, whether it is there or has to be awaited.
@Suite struct AnswerTests {
    struct Failure: Error {}

    /// A response of this status, at once and later.
    static func both(_ status: HTTPResponse.Status) -> [Answer] {
        [.ready(Response(status: status)), .pending { Response(status: status) }]
    }

    /// A failure, at once and later.
    static var failures: [Answer] { [.failed(Failure()), .pending { throw Failure() }] }

    private func request() throws -> Request {
        Request(
            method: .get,
            target: try #require(RequestTarget("/")),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
    }

    @Test func `a closure that returns makes a ready answer, and one that throws a failed one`() async throws {
        let ready = Answer { Response(status: .ok) }
        guard case .ready = ready else { throw Failure() }
        let failed = Answer { throw HTTPError(.gone) }
        guard case .failed = failed else { throw Failure() }
        await #expect(throws: HTTPError.self) { try await failed.response() }
    }

    @Test func `a response is edited at once where it is ready, and when it comes where it is pending`() async throws {
        for answer in Self.both(.ok) {
            let edited = answer.edited(with: "gust") { response, text in response.headers[.server] = text }
            #expect(try await edited.response().headers[.server] == "gust")
        }
        guard case .ready = Self.both(.ok)[0].map({ $0 }) else { throw Failure() }
        guard case .pending = Self.both(.ok)[1].map({ $0 }) else { throw Failure() }
    }

    @Test func `what an edit throws is the error of the answer`() async throws {
        for answer in Self.both(.ok) {
            await #expect(throws: Failure.self) { try await answer.map { _ in throw Failure() }.response() }
        }
    }

    @Test func `an answer that has to be awaited may follow one that is there`() async throws {
        for answer in Self.both(.ok) {
            for next in Self.both(.created) {
                #expect(try await answer.flatMap { _ in next }.response().status == .created)
            }
        }
    }

    @Test func `every error is recovered, of any type and at any time`() async throws {
        let request = try request()
        let answered = Response(answering: Failure(), to: request)
        for answer in Self.failures + [.ready(answered), .pending { answered }] {
            let recovered = answer.recover { error in
                #expect(error is Failure)
                return Response(status: .accepted)
            }
            #expect(try await recovered.response().status == .accepted)
        }
        for answer in Self.both(.ok) {
            #expect(try await answer.recover { _ in Response(status: .gone) }.response().status == .ok)
        }
    }

    @Test func `what isn't asked for isn't run: a pending answer that nobody awaits does nothing`() {
        let answer = Answer.pending {
            Issue.record("nobody awaits it")
            return Response()
        }
        _ = answer.map { $0 }.flatMap { .ready($0) }.recover { _ in Response() }
    }

    // MARK: Errors as responses

    private struct Problem: Error, ResponseConvertible {
        func response(for request: Request) -> Response {
            Response("{}", type: "application/problem+json", status: .conflict)
        }
    }

    private struct Worse: Error, ResponseConvertible {
        func response(for request: Request) throws -> Response { throw Failure() }
    }

    @Test func `an error has the response that it chooses, and every other one is 500 without its text`() throws {
        let request = try request()
        #expect(Response(answering: HTTPError(.gone), to: request).status == .gone)
        let problem = Response(answering: Problem(), to: request)
        #expect(problem.status == .conflict)
        #expect(problem.headers[.contentType] == "application/problem+json")
        #expect(problem.error is Problem)
        #expect(Response(answering: Worse(), to: request).status == .internalServerError)
        let unknown = Response(answering: Failure(), to: request)
        guard case .bytes(let text) = unknown.body else { throw Failure() }
        #expect(String(buffer: text) == "Internal Server Error")
    }

    @Test func `only an error that nobody expects is one for the log`() async throws {
        let request = try request()
        let expected: [any Error] = [HTTPError(.gone), Problem()]
        for error in expected { #expect(Response(answering: error, to: request).unexpectedError == nil) }
        #expect(Response(answering: Failure(), to: request).unexpectedError is Failure)
        // In a task whose client left every error is a consequence of that.
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            for error in [CancellationError(), Failure()] as [any Error] {
                #expect(Response(answering: error, to: request).unexpectedError == nil)
            }
        }
        task.cancel()
        await task.value
    }
}
