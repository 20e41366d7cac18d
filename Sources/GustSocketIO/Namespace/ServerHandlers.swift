import GustHTTP
import GustWire
import Synchronization

/// Handlers for events between servers, by the name of the event.
final class ServerHandlers: Sendable {
    /// A handler; returns the reply.
    typealias Handler = @Sendable (Arguments) async throws -> Arguments

    private let handlers = Mutex<[ByteText: [Handler]]>([:])

    /// Registers a handler.
    func add(_ name: String, _ handler: @escaping Handler) {
        handlers.withLock { $0[ByteText(name), default: []].append(handler) }
    }

    /// The handlers for an event, in the order of registration.
    subscript(name: String) -> [Handler] { handlers.withLock { $0[ByteText(name)] ?? [] } }
}
