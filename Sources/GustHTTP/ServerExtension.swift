/// Something that a handler needs of its server besides the requests that it receives, such as a private listener.
///
/// The modules above define what a server does with an extension. Without a server, as in tests in memory, nothing begins.
package protocol ServerExtension: AnyObject, Sendable {}

/// A handler with an extension, which the server begins before it accepts connections and ends when it stops.
package protocol ExtendingHandler: Handler {
    /// The extension; nil if the handler needs none. Several handlers may share one.
    var serverExtension: (any ServerExtension)? { get }
}

extension Handler {
    /// The handlers with extensions among this handler and its parts, at any depth; a handler that is registered several times is
    /// in the list several times.
    package var extendingParts: [any ExtendingHandler] {
        var found: [any ExtendingHandler] = []
        if let extending = self as? any ExtendingHandler, extending.serverExtension != nil { found.append(extending) }
        guard let composite = self as? any CompositeHandler else { return found }
        for part in composite.parts { found += part.extendingParts }
        return found
    }
}
