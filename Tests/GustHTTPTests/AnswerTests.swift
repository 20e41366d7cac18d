import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Operations on ready, failed and pending answers.
@Suite struct AnswerTests {
    struct Failure: Error {}

    /// A ready and a pending answer with the given status.
    static func both(_ status: HTTPResponse.Status) -> [Answer] {
        [.ready(Response(status: status)), .pending { Response(status: status) }]
    }

    /// A failed answer, and a pending answer that fails.
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

    @Test func `a ready response is edited at once, a pending one when it is available`() async throws {
        for answer in Self.both(.ok) {
            let edited = answer.edited(with: "gust") { response, text in response.headers[.server] = text }
            #expect(try await edited.response().headers[.server] == "gust")
        }
        guard case .ready = Self.both(.ok)[0].map({ $0 }) else { throw Failure() }
        guard case .pending = Self.both(.ok)[1].map({ $0 }) else { throw Failure() }
    }

    @Test func `an error that an edit throws is the error of the answer`() async throws {
        for answer in Self.both(.ok) {
            await #expect(throws: Failure.self) { try await answer.map { _ in throw Failure() }.response() }
        }
    }

    @Test func `flatMap combines ready and pending answers in any order`() async throws {
        for answer in Self.both(.ok) {
            for next in Self.both(.created) {
                #expect(try await answer.flatMap { _ in next }.response().status == .created)
            }
        }
    }

    @Test func `recover handles failed answers, pending errors and responses made of errors`() async throws {
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

    @Test func `the closure of a pending answer isn't called unless the answer is awaited`() {
        let answer = Answer.pending {
            Issue.record("the answer isn't awaited")
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

    @Test func `a convertible error is answered with its response, any other error with 500 without its text`() throws {
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

    @Test func `only errors without a response of their own are logged, and none after cancellation`() async throws {
        let request = try request()
        let expected: [any Error] = [HTTPError(.gone), Problem()]
        for error in expected { #expect(Response(answering: error, to: request).unexpectedError == nil) }
        #expect(Response(answering: Failure(), to: request).unexpectedError is Failure)
        // In a cancelled task no error is logged.
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
