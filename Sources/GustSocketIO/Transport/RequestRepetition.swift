import GustHTTP
import NIOCore

/// Recognises the requests of a polling client that its HTTP client sends again by itself.
///
/// If a TCP connection that a browser uses again is reset before a byte of the response has arrived, the browser sends the request
/// once more, over another connection, and the Socket.IO client doesn't notice. Without this type, the packets of a response that
/// was lost would be lost, and the packets of a `POST` that came twice would be handled twice. Clients of Engine.IO give each request another
/// value of the parameter `t` (engine.io-client 6.6, `lib/transports/polling.ts`), so a repetition has the same value as the
/// request before. A client that doesn't change `t` is never taken for one that repeats, and neither is one whose values are digits only:
/// these are times, which two requests can share.
///
/// It isn't copyable, because a copy would be made for each request that is compared.
struct RequestRepetition: ~Copyable {
    /// The payload of a response.
    struct Payload: Equatable {
        let bytes: ByteBuffer
        let isBinary: Bool
    }

    /// The greatest length of a value of `t`, in bytes; a request with a longer value isn't recognised.
    private static let maximumLength = 64

    private var poll: ByteText?
    private var post: ByteText?
    /// Whether the client has sent polls with different values of `t`.
    private var varies = false
    /// The response to the last poll, kept until the next poll arrives.
    private var response: Payload?
    /// The number of responses.
    private var number = 0
    /// Whether the last response has been sent again.
    private var hasRepeated = false

    /// Records a poll.
    ///
    /// - Returns: whether it is the last poll once more.
    mutating func isRepeated(poll stamp: ByteText?) -> Bool {
        let stamp = Self.usable(stamp)
        if varies, let stamp, stamp == poll { return true }
        response = nil
        if let stamp, let poll, stamp != poll { varies = true }
        poll = stamp
        return false
    }

    /// Whether the last `POST` that was accepted has the same value of `t`.
    func isRepeated(post stamp: ByteText?) -> Bool {
        guard varies, let stamp = Self.usable(stamp) else { return false }
        return stamp == post
    }

    /// Records a `POST` that was accepted.
    mutating func accept(post stamp: ByteText?) { post = Self.usable(stamp) }

    /// Records the response to the last poll; returns its number.
    mutating func answer(_ bytes: ByteBuffer, isBinary: Bool) -> Int {
        response = poll == nil ? nil : Payload(bytes: bytes, isBinary: isBinary)
        number += 1
        hasRepeated = false
        return number
    }

    /// The response to the last poll, because it is sent again.
    mutating func repeatedResponse() -> Payload? {
        hasRepeated = hasRepeated || response != nil
        return response
    }

    /// Records that a response wasn't sent.
    ///
    /// - Returns: whether its packets must be in another response; false if it has been sent again meanwhile.
    mutating func mustResend(_ number: Int) -> Bool {
        guard number == self.number else { return true }
        guard !hasRepeated else { return false }
        response = nil
        return true
    }

    private static func usable(_ stamp: ByteText?) -> ByteText? {
        guard let stamp, stamp.string.utf8.count <= maximumLength,
            stamp.string.utf8.contains(where: { $0 < UInt8(ascii: "0") || $0 > UInt8(ascii: "9") })
        else { return nil }
        return stamp
    }
}
