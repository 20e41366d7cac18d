import Foundation
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Calls handlers without a server, on a loop whose clock the test advances.
final class Exchange {
    let loop = EmbeddedEventLoop()
    private(set) lazy var executor = LoopExecutor(otherLoop ?? loop)
    private let otherLoop: (any EventLoop)?

    /// Makes an exchange; `otherLoop` is the loop of its requests for tests whose tasks use it from several threads, which an
    /// `EmbeddedEventLoop` doesn't allow.
    init(on otherLoop: (any EventLoop)? = nil) { self.otherLoop = otherLoop }

    /// A response with its body collected.
    struct Answer {
        var status: HTTPResponse.Status
        var headers: HTTPFields
        var bytes: ByteBuffer
        var isStreamed: Bool
        var text: String { String(buffer: bytes) }
    }

    func request(
        _ target: String,
        _ headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get,
        captures: [(name: String?, value: String?)] = [],
        body: String = ""
    ) throws -> Request {
        var request = Request(
            method: method,
            target: try #require(RequestTarget(target)),
            headers: headers,
            body: RequestBody(ByteBuffer(string: body)),
            executor: executor
        )
        request.captures = Captures(captures)
        return request
    }

    /// The response of a handler; an `HTTPError` becomes a response as in the server.
    func answer(_ request: Request, from handler: any Handler) async throws -> Answer {
        do {
            return try collect(try await handler.answer(request).response())
        } catch let error as HTTPError {
            return try collect(error.response)
        }
    }

    func collect(_ response: Response) throws -> Answer {
        switch response.body {
        case .bytes(let bytes):
            return Answer(status: response.status, headers: response.headers, bytes: bytes, isStreamed: false)
        case .stream(let body):
            let writer = RecordingWriter(response, eventLoop: loop)
            body(writer)
            loop.run()
            #expect(writer.isFinished)
            return Answer(status: writer.status, headers: writer.headers, bytes: writer.body, isStreamed: true)
        case .upgrade:
            return Answer(status: response.status, headers: response.headers, bytes: ByteBuffer(), isStreamed: false)
        }
    }
}

/// A directory that is removed when the test ends.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    func write(_ bytes: Data, to name: String) throws {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try bytes.write(to: file)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    /// Sets the modification time of a file, in seconds since 1970.
    func setDate(_ seconds: Int, of name: String) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: TimeInterval(seconds))],
            ofItemAtPath: path + "/" + name
        )
    }
}
