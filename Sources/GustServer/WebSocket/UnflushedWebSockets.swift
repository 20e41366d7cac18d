import NIOCore

/// The WebSockets of one loop that have sent something in this turn of the loop and wait to be flushed at its end.
///
/// A broadcast flushes many WebSockets, so what happens between two calls of `send` is short: the peer of the last one is usually awake
/// then, and doesn't have to be woken for the next.
///
/// `@unchecked Sendable`: used on the loop only; references travel to it in the task that flushes.
final class UnflushedWebSockets: @unchecked Sendable {
    private let eventLoop: any EventLoop
    // `@exclusivity(unchecked)` is safe: each access is a load, a store or an append, which call nothing back.
    /// The WebSockets that wait, behind ``flushedCount`` that have been flushed.
    ///
    /// Each one that waits is retained once, by ``append(_:)``, and released after its flush. An array of strong references would retain each
    /// one again for its flush.
    @exclusivity(unchecked) private var waiting: [Unmanaged<WebSocketChannelHandler>] = []
    @exclusivity(unchecked) private var flushedCount = 0

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    deinit { for webSocket in waiting[flushedCount...] { webSocket.release() } }

    /// How many WebSockets are flushed before the clock is read.
    private static let mostAtOnce = 16
    /// How long WebSockets are flushed before the loop reads: about 200 short messages.
    ///
    /// A pause costs about as much as two or three messages, because the clients that wait fall asleep.
    private static let longestFlushing = TimeAmount.milliseconds(1)
    /// SwiftNIO runs tasks until none is due and reads then, so a task that follows a read is due a little later than now, later
    /// than the loop looks for the next task.
    private static let shortestTurn = TimeAmount.microseconds(5)
    /// The capacity that is kept for the next turn.
    private static let keptCapacity = 1_024

    /// Flushes `webSocket` at the end of this turn of the loop, with all others that sent something in it.
    func append(_ webSocket: WebSocketChannelHandler) {
        waiting.append(Unmanaged.passRetained(webSocket))
        guard waiting.count == 1 else { return }
        eventLoop.execute { self.flush() }
    }

    /// Flushes the WebSockets that wait, in order, and lets the loop read after each ``longestFlushing``: a broadcast to many
    /// WebSockets would delay all other connections otherwise.
    private func flush() {
        let end = eventLoop.now + Self.longestFlushing
        while flushedCount < waiting.count {
            flushNext(min(Self.mostAtOnce, waiting.count - flushedCount))
            if flushedCount < waiting.count, eventLoop.now >= end,
                // A callback, because a task costs five allocations more. The rest is flushed at once on a loop that takes no callbacks.
                (try? eventLoop.scheduleCallback(in: Self.shortestTurn, handler: self)) != nil
            {
                return
            }
        }
        waiting.removeAll(keepingCapacity: waiting.count <= Self.keptCapacity)
        flushedCount = 0
    }

    /// Flushes the next `count` WebSockets: first those that have one frame that can be sent as it is, which are most of a broadcast.
    private func flushNext(_ count: Int) {
        let next = flushedCount..<(flushedCount + count)
        flushedCount = next.upperBound
        sendReadyFrames(of: next)
        // From here on, handlers of the channels and of the program may be called.
        for index in next {
            let webSocket = waiting[index]
            webSocket._withUnsafeGuaranteedRef { if $0.awaitsFlush { $0.flushOutput() } }
            webSocket.release()
        }
    }

    /// Sends the frames that can be sent as they are.
    ///
    /// While this method runs, nothing else runs on the loop, and nothing is released that belongs to the program. So each frame and each
    /// descriptor is valid from the first step, which finds it, to the second, which uses it.
    private func sendReadyFrames(of indices: Range<Int>) {
        withUnsafeTemporaryAllocation(of: ReadyFrame?.self, capacity: indices.count) { frames in
            for (place, index) in indices.enumerated() {
                let frame = waiting[index]._withUnsafeGuaranteedRef { $0.readyFrame }
                frames.initializeElement(at: place, to: frame)
            }
            for place in frames.indices { frames[place]?.send() }
            for (place, index) in indices.enumerated() {
                guard let frame = frames[place] else { continue }
                waiting[index]._withUnsafeGuaranteedRef { $0.hasSent(frame.sentCount) }
            }
        }
    }
}

extension UnflushedWebSockets: NIOScheduledCallbackHandler {
    /// Flushes the WebSockets that still wait; the loop calls it.
    func handleScheduledCallback(eventLoop: some EventLoop) { flush() }
}
