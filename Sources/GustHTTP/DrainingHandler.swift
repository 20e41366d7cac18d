/// A handler with connections of its own, which it can end one after the other.
package protocol DrainingHandler: Handler {
    /// Ends the connections at random times within `window`, because the server will stop; ``Handler/shutDown()`` follows.
    ///
    /// This method is called once, from any thread. Requests are received as before.
    func drain(over window: Duration)
}

extension Handler {
    /// Drains this handler and its parts, at any depth.
    package func beginDraining(over window: Duration) {
        var known: Set<HandlerKey> = []
        beginDraining(over: window, except: &known)
    }

    private func beginDraining(over window: Duration, except known: inout Set<HandlerKey>) {
        if let draining = self as? any DrainingHandler, known.insert(HandlerKey(draining)).inserted {
            draining.drain(over: window)
        }
        guard let composite = self as? any CompositeHandler else { return }
        for part in composite.parts { part.beginDraining(over: window, except: &known) }
    }
}
