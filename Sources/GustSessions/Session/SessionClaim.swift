/// The properties of a session by which a full store selects the sessions to remove.
package struct SessionClaim: Sendable {
    /// The network of the first request of the session; nil if it is unknown.
    package var origin: [UInt8]?
    /// Whether the session was renewed, as applications do when a visitor signs in.
    package var isRenewed = false

    package init(origin: [UInt8]? = nil, isRenewed: Bool = false) {
        self.origin = origin
        self.isRenewed = isRenewed
    }
}
