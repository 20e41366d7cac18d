#if TLS
import GustServer
import NIOCore
import NIOHTTP2

/// The deadlines of the connection and of its streams, with one timer.
///
/// The timer isn't changed at each request: when it fires, it looks at all deadlines.
extension HTTP2ConnectionHandler {
    func wait(until deadline: NIODeadline) {
        guard let context, timer == nil || deadline < timerEnd else { return }
        timer?.cancel()
        timerEnd = deadline
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: deadline) { bound.value.look() }
    }

    private func deadline(_ duration: Duration) -> NIODeadline {
        let deadline = start.eventLoop.now + TimeAmount(duration)
        wait(until: deadline)
        return deadline
    }

    @discardableResult
    func setHeadDeadline() -> NIODeadline {
        let end = deadline(start.limits.headTimeout)
        deadlines.head = end
        return end
    }

    /// The deadline of a head begins with its first byte.
    func headChanged(isInside: Bool) {
        if isInside { setHeadDeadline() } else { deadlines.head = nil }
    }

    func beginIdle() { deadlines.idle = deadline(start.limits.idleTimeout) }

    func beginWrite() {
        unsentBytes = bufferedBytes
        deadlines.write = deadline(start.limits.writeTimeout)
    }

    func beginGoAway() { deadlines.goAway = deadline(.seconds(1)) }

    func beginLinger() { deadlines.linger = deadline(.seconds(2)) }

    private var bufferedBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func look() {
        timer = nil
        let now = start.eventLoop.now
        for exchange in Array(streams.values) { exchange.check(now: now) }
        lookAtConnection(now)
        guard context != nil else { return }
        let next = streams.values.lazy.compactMap(\.nextDeadline).min()
        if let next = [next, deadlines.first].compactMap({ $0 }).min() { wait(until: next) }
    }

    private func lookAtConnection(_ now: NIODeadline) {
        if let end = deadlines.linger, end <= now {
            deadlines = HTTP2Deadlines()
            context?.close(promise: nil)
            return
        }
        if let end = deadlines.write, end <= now {
            // As long as unsent bytes become fewer, the peer is reading.
            guard bufferedBytes < unsentBytes else {
                deadlines = HTTP2Deadlines()
                context?.close(promise: nil)
                return
            }
            beginWrite()
        }
        if let end = deadlines.head, end <= now {
            deadlines.head = nil
            close(.protocolError)
        }
        if let end = deadlines.goAway, end <= now {
            deadlines.goAway = nil
            drain()
        }
        if let end = deadlines.idle, end <= now {
            deadlines.idle = nil
            close()
        }
    }
}
#endif
