import GustAdapter
import GustHTTP
import HTTPTypes
import NIOCore

@testable import GustSocketIO

/// A response writer whose writability, completion and abort are controlled by the test.
final class HeldWriter: ResponseWriter {
    let eventLoop: any EventLoop
    var status = HTTPResponse.Status.ok
    var headers: HTTPFields = [:]
    var isWritable = true
    var hasPeerFinished = false
    var isChunked = true
    var onWritable: (() -> Void)?
    var onAbort: (() -> Void)?
    private(set) var text = ""
    private(set) var isFinished = false
    private(set) var isAborted = false
    private var completion: ((Bool) -> Void)?

    init(_ loop: any EventLoop) {
        eventLoop = loop
    }

    func write(_ bytes: ByteBuffer) { text += String(buffer: bytes) }

    func write(_ region: FileRegion) {}

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        write(bytes)
        isFinished = true
        letGo()
        self.completion = completion
    }

    func abort() {
        isAborted = true
        letGo()
    }

    /// Frees the handlers of a response that has ended, as `HTTPResponseStream` does.
    private func letGo() {
        onAbort = nil
        onWritable = nil
    }

    /// The client aborts: the handler is freed and called once, as by `HTTPResponseStream`.
    func leave() {
        isWritable = false
        let onAbort = onAbort
        letGo()
        onAbort?()
    }

    /// Reports whether the response has been sent.
    func complete(_ isSent: Bool) {
        let completion = completion
        self.completion = nil
        completion?(isSent)
    }
}

extension TwoLoops {
    /// Sends a `GET` on a loop, by default the first one; the response is streamed to the returned writer.
    func stream(_ target: String, on other: HandTurnedLoop? = nil) throws -> HeldWriter {
        let loop = other ?? first
        let writer = HeldWriter(loop)
        guard let parsed = RequestTarget(target) else { throw SocketError.notSupported }
        let request = Request(method: .get, target: parsed, executor: loop.executorOfTasks)
        try loop.turn {
            guard case .stream(let body) = try endpoint.answer(request).immediateResponse?.body else { return }
            body(writer)
        }
        return writer
    }
}
