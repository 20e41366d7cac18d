import GustHTTP
import HTTPTypes
import NIOCore

@testable import GustSocketIO

/// An answer whose client takes what the test lets it take.
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

    /// The handlers of an answer that has ended are freed, as `HTTPResponseStream` does it.
    private func letGo() {
        onAbort = nil
        onWritable = nil
    }

    /// The client goes away, as `HTTPResponseStream` has it: handlers are called once, then let go.
    func leave() {
        isWritable = false
        let onAbort = onAbort
        letGo()
        onAbort?()
    }

    /// The answer left, or broke off on its way.
    func complete(_ isSent: Bool) {
        let completion = completion
        self.completion = nil
        completion?(isSent)
    }
}

extension TwoLoops {
    /// Asks on the first loop, and gives what is streamed to a writer of the test.
    func stream(_ target: String) throws -> HeldWriter {
        let writer = HeldWriter(first)
        guard let parsed = RequestTarget(target) else { throw SocketError.notSupported }
        let request = Request(method: .get, target: parsed, executor: first.executorOfTasks)
        try first.turn {
            guard case .stream(let body) = try endpoint.answer(request).immediateResponse?.body else { return }
            body(writer)
        }
        return writer
    }
}
