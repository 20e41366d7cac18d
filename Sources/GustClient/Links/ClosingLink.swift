import GustWire
import NIOCore

/// A transport that the client has given up and that still says its farewell; it is cut if that takes long.
final class ClosingLink: LinkReceiver {
    private let link: any ClientLink
    private let eventLoop: any EventLoop
    private let timeout: Duration
    private var finish: (() -> Void)?
    private var timer: Scheduled<Void>?

    init(_ link: any ClientLink, _ eventLoop: any EventLoop, _ timeout: Duration, _ finish: @escaping () -> Void) {
        self.link = link
        self.eventLoop = eventLoop
        self.timeout = timeout
        self.finish = finish
    }

    func begin(_ farewell: Frame?) {
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) {
            self.link.abort()
            self.end()
        }
        link.setReceiver(self)
        link.close(with: farewell)
    }

    func linkOpened(_ link: any ClientLink) {}

    func link(_ link: any ClientLink, received frame: Frame) {}

    func linkFinishedReading(_ link: any ClientLink) {}

    func linkDrained(_ link: any ClientLink) {}

    func link(_ link: any ClientLink, ended error: ClientError) { end() }

    private func end() {
        timer?.cancel()
        let finish = finish
        self.finish = nil
        finish?()
    }
}
