import NIOCore
import Synchronization

/// The events of a sequence that its reader hasn't taken.
///
/// The loop adds them; while there are too many, it reads nothing from the server. The end of the last reader removes the sequence from
/// its socket.
final class UnreadEvents<Element: Sendable>: Sendable {
    /// What both ends use.
    private struct State {
        var events = CircularBuffer<(element: Element, weight: Int)>()
        /// About how many bytes ``events`` have.
        var bytes = 0
        var reader: CheckedContinuation<Element?, Never>?
        var isFinished = false
        var isPausing = false
    }

    /// The end of the socket, which the socket keeps: when the sequence is released, it removes itself.
    private final class Receiver: EventReceiver, Sendable {
        private let add: @Sendable (SocketEvent) -> Void
        private let end: @Sendable () -> Void

        init(_ add: @escaping @Sendable (SocketEvent) -> Void, _ end: @escaping @Sendable () -> Void) {
            self.add = add
            self.end = end
        }

        func receive(_ event: SocketEvent) { add(event) }

        func finish() { end() }
    }

    private let state = Mutex(State())
    private let socket: ClientSocket
    private let select: @Sendable (SocketEvent) -> Element?
    private let limits: (events: Int, bytes: Int)
    private let key = Mutex<ObjectIdentifier?>(nil)

    init(_ socket: ClientSocket, _ select: @escaping @Sendable (SocketEvent) -> Element?) {
        self.socket = socket
        self.select = select
        let limits = socket.connection.settings.limits
        self.limits = (limits.maximumUnreadEvents, limits.maximumBufferedBytes)
    }

    deinit {
        let key = key.withLock { $0 }
        let isPausing = state.withLock { $0.isPausing }
        let socket = socket
        socket.connection.run { connection in
            if let key { socket.sequences[key] = nil }
            if isPausing { connection.resumeReading() }
        }
    }

    /// Adds the sequence to its socket.
    func begin() {
        let receiver = Receiver({ [weak self] event in self?.receive(event) }, { [weak self] in self?.finish() })
        key.withLock { $0 = ObjectIdentifier(receiver) }
        let socket = socket
        socket.connection.run { connection in
            guard !connection.machine.isClosed else { return receiver.finish() }
            socket.sequences[ObjectIdentifier(receiver)] = receiver
        }
    }

    /// Waits for the next event.
    func next() async -> Element? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (element, isReady, resumes) = state.withLock { state -> (Element?, Bool, Bool) in
                    if let first = state.events.popFirst() {
                        state.bytes -= first.weight
                        let resumes =
                            state.isPausing && state.events.count <= limits.events / 2
                            && state.bytes <= limits.bytes / 2
                        if resumes { state.isPausing = false }
                        return (first.element, true, resumes)
                    }
                    guard !state.isFinished, !Task.isCancelled, state.reader == nil else { return (nil, true, false) }
                    state.reader = continuation
                    return (nil, false, false)
                }
                if resumes { socket.connection.run { $0.resumeReading() } }
                if isReady { continuation.resume(returning: element) }
            }
        } onCancel: {
            takeReader()?.resume(returning: nil)
        }
    }

    private func takeReader() -> CheckedContinuation<Element?, Never>? {
        state.withLock { state in
            defer { state.reader = nil }
            return state.reader
        }
    }

    private func receive(_ event: SocketEvent) {
        guard let element = select(event) else { return }
        let weight = event.arguments.weight
        let (reader, pauses) = state.withLock { state -> (CheckedContinuation<Element?, Never>?, Bool) in
            if let reader = state.reader {
                state.reader = nil
                return (reader, false)
            }
            state.events.append((element, weight))
            state.bytes += weight
            let isFull = state.events.count >= limits.events || state.bytes > limits.bytes
            let pauses = isFull && !state.isPausing
            if pauses { state.isPausing = true }
            return (nil, pauses)
        }
        if pauses { socket.connection.pauseReading() }
        reader?.resume(returning: element)
    }

    private func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }
}
