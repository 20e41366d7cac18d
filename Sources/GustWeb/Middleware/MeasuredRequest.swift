import CoreMetrics
import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// A request in progress whose response is measured.
///
/// The request isn't in progress any more when its response has ended, or when nothing refers to this object because no response is
/// sent.
final class MeasuredRequest: Sendable {
    private let table: HTTPMetricsTable
    private let method: Int
    private let isHead: Bool
    private let eventLoop: any EventLoop
    private let begin: NIODeadline
    private let hasEnded = Atomic<Bool>(false)

    init(_ request: Request, _ table: HTTPMetricsTable) {
        self.table = table
        method = HTTPMetricsTable.number(of: request.method)
        isHead = request.method == .head
        eventLoop = request.eventLoop
        begin = request.eventLoop.now
        table.active(method).increment()
    }

    deinit { leave() }

    /// Measures this response: immediately, or when a streamed response ends.
    func watch(_ response: inout Response) {
        let route = response.matchedRoute?.pattern ?? "none"
        // The client disconnected before the handler answered, so its task was cancelled and the response isn't sent.
        if Task.isCancelled { return end(route, HTTPResponse.Status(code: 499), bytes: 0) }
        switch response.body {
        case .bytes(let bytes): end(route, response.status, bytes: isHead ? 0 : bytes.readableBytes)
        case .upgrade: end(route, response.status, bytes: 0)
        case .stream(let body):
            response.body = .stream { writer in
                body(
                    CountingWriter(writer, awaitsWriting: true) { end in
                        self.end(route, end.status, bytes: end.bytes)
                    }
                )
            }
        }
    }

    private func end(_ route: String, _ status: HTTPResponse.Status, bytes: Int) {
        leave()
        let entry = table.entry(method, route: route, status)
        entry.count.increment()
        entry.duration.recordNanoseconds((eventLoop.now - begin).nanoseconds)
        entry.size.record(bytes)
    }

    private func leave() {
        if !hasEnded.exchange(true, ordering: .relaxed) { table.active(method).decrement() }
    }
}
