/// Tells which rooms of a namespace have members on this node, for adapters that subscribe to single rooms.
///
/// The room of a socket's id counts as a room. Nothing is counted until somebody observes.
package protocol RoomSource: AnyObject, Sendable {
    /// Begins to count; called once, before the namespace has sockets.
    ///
    /// - Parameter changed: is called with a room that has got its first member or has lost its last one, one call at a time, in the
    ///   order of the changes, on any thread.
    func observeRooms(_ changed: @escaping @Sendable (_ room: String, _ exists: Bool) -> Void)

    /// Whether a room has members on this node; true if the rooms aren't observed.
    func hasMembers(_ room: String) -> Bool
}
