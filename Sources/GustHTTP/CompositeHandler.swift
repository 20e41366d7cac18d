/// A handler that is made of other handlers: a router, a mount, a handler behind middleware.
package protocol CompositeHandler: Handler {
    /// The handlers that this handler may call.
    var parts: [any Handler] { get }
}

extension CompositeHandler {
    /// Shuts down all parts, at any depth; a handler that is registered several times is shut down once.
    public func shutDown() {
        var known: Set<HandlerKey> = []
        shutDownParts(except: &known)
    }

    private func shutDownParts(except known: inout Set<HandlerKey>) {
        for part in parts {
            guard let composite = part as? any CompositeHandler else {
                if known.insert(HandlerKey(part)).inserted { part.shutDown() }
                continue
            }
            composite.shutDownParts(except: &known)
        }
    }
}

/// Identifies a handler: two keys are equal for one object, or for values of one type that consist of the same bytes.
///
/// Values with the same bytes have the same parts and refer to the same objects.
struct HandlerKey: Hashable {
    private let type: ObjectIdentifier
    private let bytes: [UInt8]

    init(_ handler: some Handler) {
        type = ObjectIdentifier(Swift.type(of: handler))
        bytes = withUnsafeBytes(of: handler) { Array($0) }
    }
}
