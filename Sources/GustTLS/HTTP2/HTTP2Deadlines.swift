#if TLS
import NIOCore

/// The deadlines of a connection of HTTP/2; those of its streams are in their exchanges.
struct HTTP2Deadlines {
    /// Until the preface or a head has been received in full.
    var head: NIODeadline?
    /// Until a request begins; nil while there is one.
    var idle: NIODeadline?
    /// Until the peer reads some of the output that waits for it.
    var write: NIODeadline?
    /// Until the peer has confirmed that it knows about the end of the connection.
    var goAway: NIODeadline?
    /// Until the peer closes a connection whose output has been closed.
    var linger: NIODeadline?

    /// The first of the deadlines; nil if there is none.
    var first: NIODeadline? { [head, idle, write, goAway, linger].lazy.compactMap { $0 }.min() }
}
#endif
