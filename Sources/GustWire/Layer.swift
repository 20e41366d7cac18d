/// The layer of the protocol that a codec implements.
package enum Layer: Sendable {
    /// Bare messages.
    case engineIO
    /// Events, acknowledgements and namespaces.
    case socketIO
}
