import GustContract
import GustHTTP
public import GustWire
import NIOCore

/// Sending events; all methods may be called from any thread.
extension ClientSocket {
    /// Sends an event with values as arguments; while the socket isn't connected the event waits, in order.
    ///
    /// `ByteBuffer` and `Data` are sent as binary attachments. If a value can't be encoded, `name` is reserved (`connect`,
    /// `disconnect`, …), or more waits than ``ClientLimits`` allow, nothing is sent and ``SocketClient/onError(_:)`` is told.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        send(name, isVolatile: false) { () throws in try Arguments.encoding(repeat each value) }
    }

    /// Sends an event with encoded arguments, such as those of a received event.
    public func emit(_ name: String, arguments: Arguments) {
        send(name, isVolatile: false) { arguments }
    }

    /// Sends an event, and waits for the server's acknowledgement.
    ///
    /// - Parameters:
    ///   - name: the name of the event.
    ///   - value: the arguments of the event.
    ///   - timeout: how long to wait, also for the connection; nil for ``ClientSettings/acknowledgementTimeout``.
    /// - Returns: the arguments of the acknowledgement, undecoded.
    /// - Throws: ``ClientError`` if there is none in time, the socket is disconnected after the event was sent, or more waits than
    ///   ``ClientLimits`` allow; `CancellationError` if the task is cancelled; `EncodingError` if a value can't be encoded; an error
    ///   if `name` is reserved.
    public func emitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value,
        timeout: Duration? = nil
    ) async throws -> Arguments {
        try await call(name, try Arguments.encoding(repeat each value), timeout)
    }

    /// Sends an event with encoded arguments, and waits for the server's acknowledgement.
    ///
    /// - Returns: the arguments of the acknowledgement, undecoded.
    /// - Throws: as ``emitWithAcknowledgement(_:_:timeout:)-(String,_,_)``.
    public func emitWithAcknowledgement(
        _ name: String,
        arguments: Arguments,
        timeout: Duration? = nil
    ) async throws -> Arguments {
        try await call(name, arguments, timeout)
    }

    /// Sends an event, and suspends until it has been handed to the operating system: back-pressure for a producer of many events.
    ///
    /// - Throws: ``ClientError`` if the connection is lost before; `CancellationError` if the task is cancelled, after which the
    ///   event may have been sent; `EncodingError` if a value can't be encoded; an error if `name` is reserved.
    public func emitAndFlush<each Value: Encodable>(_ name: String, _ value: repeat each Value) async throws {
        guard !ReservedName.contains(name) else { throw ReservedName(name: name) }
        post(.event(name: name, try Arguments.encoding(repeat each value), isVolatile: false, timeout: nil, nil))
        try await flush()
    }

    /// Suspends until everything that was sent before has been handed to the operating system, over a connection that is opened
    /// meanwhile if there is none.
    ///
    /// - Throws: ``ClientError`` if the connection is lost before or can't be opened; `CancellationError` if the task is cancelled.
    public func flush() async throws {
        let waiter = Waiter()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.begin(continuation)
                connection.run { connection in connection.whenFlushed(self, waiter) }
            }
        } onCancel: {
            waiter.resume(.failure(CancellationError()))
            connection.run { $0.flushWaiters.removeAll { $0.waiter === waiter } }
        }
    }

    /// Sends a message; a server whose revision has events receives it as the event `message`.
    public func send(_ message: Message) { post(.message(message, isVolatile: false)) }

    /// Sends a text message.
    public func send(_ text: String) { send(.text(text)) }

    /// This socket for events that are dropped if the socket isn't connected or earlier packets still wait to be sent.
    public var volatile: VolatileEmitter { VolatileEmitter(socket: self) }

    func send(_ name: String, isVolatile: Bool, _ arguments: () throws -> Arguments) {
        do {
            guard !ReservedName.contains(name) else { throw ReservedName(name: name) }
            post(.event(name: name, try arguments(), isVolatile: isVolatile, timeout: nil, nil))
        } catch {
            connection.run { $0.report(error, self, name) }
        }
    }

    func call(_ name: String, _ arguments: Arguments, _ timeout: Duration?) async throws -> Arguments {
        guard !ReservedName.contains(name) else { throw ReservedName(name: name) }
        let call = AcknowledgedCall()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard call.begin(continuation) else { return }
                post(.event(name: name, arguments, isVolatile: false, timeout: timeout) { call.end($0) })
            }
        } onCancel: {
            call.cancel()
        }
    }
}
