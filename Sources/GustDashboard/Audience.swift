import GustHTTP
import GustSocketIO
import GustWire
import Logging
import NIOCore
import Synchronization

/// The open pages, and what is sent to them four times a second while there are any.
///
/// While there are none, no task is scheduled, no connection has a tap, and the times of handlers aren't measured.
final class Audience: Sendable {
    private struct Viewer {
        let socket: Socket
        var watch: Watch?
    }

    private struct State {
        var viewers: [ByteText: Viewer] = [:]
        var isBeating = false
    }

    /// The time between two beats; the summary is sent at each fourth.
    private static let beat = TimeAmount.milliseconds(250)
    private static let beatsPerSummary = 4
    /// The number of bytes that may wait for a page; packets of a watched socket are left out meanwhile.
    private static let maximumBufferedBytes = 1 << 18

    let observed: SocketIO
    private let state = Mutex(State())

    init(of observed: SocketIO) {
        self.observed = observed
    }

    /// The number of open pages.
    var count: Int { state.withLock { $0.viewers.count } }
    /// Whether something is scheduled.
    var isBeating: Bool { state.withLock { $0.isBeating } }

    // MARK: Viewers

    /// Adds a page; called on the loop of its socket.
    func enter(_ socket: Socket) {
        let isFirst = state.withLock { state in
            state.viewers[ByteText(socket.id)] = Viewer(socket: socket)
            defer { state.isBeating = true }
            return !state.isBeating
        }
        guard isFirst else { return }
        observed.handlerTimes.beginWatching()
        let eventLoop = socket.eventLoop
        socket.start { await self.beat(on: eventLoop) }
    }

    /// Removes a page, and ends what it watched.
    func leave(_ socket: Socket) {
        state.withLock { $0.viewers.removeValue(forKey: ByteText(socket.id)) }?.watch?.end()
    }

    /// Shows the packets of a socket on a page, in place of those of another one; nil shows none.
    func watch(_ target: Socket?, on page: Socket) {
        let watch = target.map { Watch($0) }
        let ended = state.withLock { state -> Watch? in
            let key = ByteText(page.id)
            // The page has been closed meanwhile.
            guard let viewer = state.viewers[key] else { return watch }
            state.viewers[key]?.watch = watch
            return viewer.watch
        }
        ended?.end()
    }

    // MARK: Beats

    /// Sends what has happened to all pages until the last one is closed.
    private func beat(on eventLoop: any EventLoop) async {
        var meter = RateMeter()
        var number = 0
        while goesOn() {
            sendPackets()
            if number.isMultiple(of: Self.beatsPerSummary) { await sendSummary(&meter, at: eventLoop.now) }
            number += 1
            do {
                try await eventLoop.scheduleTask(in: Self.beat) {}.futureResult.get()
            } catch {
                // The loop stops, and the server with it.
                break
            }
        }
        observed.handlerTimes.endWatching()
    }

    /// Whether there are pages; if not, the next page begins anew.
    private func goesOn() -> Bool {
        state.withLock { state in
            state.isBeating = !state.viewers.isEmpty
            return state.isBeating
        }
    }

    private func sendSummary(_ meter: inout RateMeter, at time: NIODeadline) async {
        let observation = await observed.observe(limit: Summary.maximumCount)
        let rates = meter.measure(observation.statistics, at: time)
        let viewers = state.withLock { $0.viewers.values.map(\.socket) }
        let summary = Summary(observation, rates, observed.handlerTimes.slowest, viewers: viewers.count)
        do {
            // Encoded once for all pages.
            let json = try JSONSlice.encode(summary)
            for viewer in viewers { viewer.emitLatest("summary", json) }
        } catch {
            observed.observedLogger.error("the dashboard has no summary: \(error)")
        }
    }

    private func sendPackets() {
        let (news, ended) = state.withLock { state in
            var news: [(page: Socket, news: Watch.News)] = []
            var ended: [Watch] = []
            for (key, viewer) in state.viewers {
                guard var watch = viewer.watch, viewer.socket.bufferedBytes < Self.maximumBufferedBytes,
                    let next = watch.news()
                else { continue }
                news.append((viewer.socket, next))
                if next.hasEnded { ended.append(watch) }
                state.viewers[key]?.watch = next.hasEnded ? nil : watch
            }
            return (news, ended)
        }
        for watch in ended { watch.end() }
        for (page, news) in news { page.emit("packets", news) }
    }
}
