/// How much of the protocol a codec speaks.
package enum Layer: Sendable {
    /// Bare messages.
    case engineIO
    /// Events, acknowledgements and namespaces.
    case socketIO
}
