package import GustWire

/// The server's answer to an event that it refused, or whose handler failed: `{"error": "…"}`.
public struct EventRefusal: Error, Sendable, CustomStringConvertible {
    /// The text of the error.
    public let message: String

    /// The refusal that an acknowledgement says; nil for other acknowledgements.
    package init?(_ arguments: Arguments) {
        guard arguments.count == 1, let refusal = try? arguments.decode([String: String].self, at: 0),
            refusal.count == 1, let message = refusal["error"]
        else { return nil }
        self.message = message
    }

    /// The text of the error.
    public var description: String { "the event was refused: \(message)" }
}

extension EventSignature {
    /// The reply in an acknowledgement.
    ///
    /// - Throws: ``EventRefusal`` if the server refused the event; otherwise an error that names the argument that doesn't fit.
    package func reply(of arguments: Arguments) throws -> Reply {
        // A reply of any other type may look like a refusal, so that it isn't taken for one if it fits.
        do {
            if Reply.self == Void.self, let refusal = EventRefusal(arguments) { throw refusal }
            return try reply.value(of: arguments)
        } catch {
            throw EventRefusal(arguments) ?? error
        }
    }
}
