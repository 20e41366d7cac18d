/// An object on a loop that is notified when the server stops.
package protocol ShutdownParticipant: AnyObject {
    /// Whether the participant is a connection that hasn't sent a request yet.
    ///
    /// Such a connection is new: its request is probably on the way, so it isn't closed before the end of a drain.
    var awaitsFirstRequest: Bool { get }

    /// Called on the loop when a drain begins; ``beginShutdown()`` follows at a time within the window of the drain.
    ///
    /// A connection announces its end with the next response, and goes on otherwise.
    func beginDraining()

    /// Called on the loop when the server stops; the participant completes its current work and then closes.
    func beginShutdown()
}

extension ShutdownParticipant {
    package var awaitsFirstRequest: Bool { false }

    package func beginDraining() {}
}
