import GustAdapter
import GustContract
import GustWire

/// Events that each selected client acknowledges.
extension Broadcast {
    /// Sends an event to the selected sockets and returns their acknowledgements as they arrive.
    ///
    /// ```swift
    /// let answers = try await io.to("lobby").emitWithAcknowledgement("ready?").all()
    /// ```
    /// The event is encoded once for each revision. A client of 0.6 can't acknowledge events: its reply is
    /// ``SocketError/notSupported``.
    /// - Parameters:
    ///   - name: the name of the event.
    ///   - value: the arguments of the event.
    ///   - timeout: how long each client may take, by the clock of its loop.
    /// - Returns: the replies, one for each selected socket.
    /// - Throws: `EncodingError` if a value can't be encoded; an error that names the event if `name` is reserved.
    public func emitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value,
        timeout: Duration = .seconds(10)
    ) throws -> BroadcastReplies {
        guard !ReservedName.contains(name) else { throw ReservedName(name: name) }
        let arguments = try Arguments.encoding(repeat each value)
        let replies = BroadcastReplies()
        let pending = PendingReplies(replies.finish)
        var count = 0
        forEachAdapter { adapter in
            count += 1
            let collector = replies.collector(finished: pending.answer)
            adapter.broadcast(name, arguments, to: selection, timeout: timeout, replies: collector)
        }
        pending.asked(count)
        return replies
    }
}
