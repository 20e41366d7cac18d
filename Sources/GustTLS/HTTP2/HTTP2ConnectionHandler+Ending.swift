#if TLS
import GustServer
import NIOCore
import NIOHTTP2

/// The end of the connection (RFC 9113 §6.8).
extension HTTP2ConnectionHandler: ShutdownParticipant {
    /// Lets the next request announce the end of the connection: a client that sends requests can open another connection for the next one.
    func beginDraining() { isDraining = true }

    /// Announces the end of the connection, and ends streamed responses that don't end by themselves.
    func beginShutdown() {
        guard ending != .lingering else { return }
        guard !streams.isEmpty else { return close() }
        for exchange in streams.values { exchange.beginShutdown() }
        announce()
    }

    /// Announces the end of the connection.
    ///
    /// Requests that the peer has sent before it knew are answered: a `PING` shows when it knows.
    func announce() {
        guard ending == .none else { return }
        ending = .announced
        output.announceEnd()
        write(.ping(HTTP2PingData(), ack: false), on: 0)
        beginGoAway()
        flush()
    }

    /// From now on no more requests are answered; the connection is closed when the last stream has ended.
    func drain() {
        guard ending == .announced else { return }
        deadlines.goAway = nil
        guard !streams.isEmpty else { return close() }
        ending = .draining
        goAway(HTTP2StreamID(highestStream), .noError)
        flush()
    }

    /// Ends all streams, tells the peer the reason, and closes the connection.
    ///
    /// The output is closed first, and what the peer still sends is dropped for a while: unread bytes would reset the connection, and the
    /// peer could lose the end of what it has been sent.
    func close(_ code: HTTP2ErrorCode = .noError) {
        guard ending != .lingering, let context else { return }
        let isAnnounced = ending == .draining && code == .noError
        ending = .lingering
        if !frames.hasSentError, !isAnnounced { goAway(HTTP2StreamID(highestStream), code) }
        endAll()
        deadlines = HTTP2Deadlines()
        context.flush()
        beginLinger()
        context.close(mode: .output, promise: nil)
    }

    private func goAway(_ last: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        write(.goAway(lastStreamID: last, errorCode: code, opaqueData: nil), on: 0)
    }
}
#endif
