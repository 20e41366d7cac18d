import GustAdapter
import GustContract
import GustWire

/// Sending at the pace of the client.
extension Socket {
    /// Sends an event, and suspends until it has been sent: back-pressure for a producer of many events.
    ///
    /// The method returns when the event has left the outbox and has been handed to the operating system. Over a streamed response it
    /// returns when the event has left the outbox and the response has room for more. The event can still be lost with the connection;
    /// only an acknowledgement confirms that the client has received it.
    ///
    /// With the policy ``SocketIOSettings/OutboxLimits/Policy-swift.enum/suspend`` the event waits outside of the outbox until the
    /// outbox has room; events that are emitted meanwhile precede it. If the task is cancelled, the event isn't sent if it still waits
    /// for room, and is sent otherwise.
    ///
    /// May be called from any thread.
    /// - Parameters:
    ///   - name: the name of the event.
    ///   - value: the arguments of the event.
    /// - Throws: ``SocketError/disconnected`` if the socket isn't connected or the connection ends before; ``SocketError/overloaded``
    ///   if the event was dropped by the policy `dropOldest`, or can never fit into the outbox with the policy `suspend`;
    ///   `CancellationError` if the task is cancelled; `EncodingError` if a value can't be encoded; an error if `name` is reserved.
    public func emitAndFlush<each Value: Encodable>(_ name: String, _ value: repeat each Value) async throws {
        guard !ReservedName.contains(name) else { throw ReservedName(name: name) }
        let arguments = try Arguments.encoding(repeat each value)
        let packet = Packet.event(namespace: namespace.name, id: nil, name: name, arguments: arguments)
        try await waiting { socket, waiter in
            guard socket.isConnected else { return waiter.resume(.failure(SocketError.disconnected)) }
            socket.connection.send(packet, of: socket, waiter)
        }
    }

    /// Suspends until everything that was sent before has been handed to the operating system, as by ``emitAndFlush(_:_:)-(_,Value)``.
    ///
    /// - Throws: ``SocketError/disconnected`` if the connection ends before; `CancellationError` if the task is cancelled.
    public func flush() async throws {
        try await waiting { socket, waiter in socket.connection.whenFlushed(waiter) }
    }

    /// How many bytes wait to be sent to the client, for all its sockets together.
    ///
    /// In handlers of the socket, which run on its loop, these are the bytes in the outbox and those that the transport hasn't
    /// handed to the operating system. On other threads they are the bytes in the outbox only, and the number may be slightly old.
    public var bufferedBytes: Int { connection.bufferedBytes }

    private func waiting(_ body: @escaping @Sendable (Socket, FlushWaiter) -> Void) async throws {
        let waiter = FlushWaiter()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                run { if waiter.begin(continuation) { body($0, waiter) } }
            }
        } onCancel: {
            connection.run { $0.cancelFlush(waiter) }
        }
    }
}
