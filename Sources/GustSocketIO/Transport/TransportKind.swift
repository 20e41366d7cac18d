/// The three ways of answering that carry frames; every transport's name stands for one of them.
///
/// All but WebSockets send what a burst leaves in the outbox as one batch.
enum TransportKind: Sendable {
    /// One batch an answer.
    case polling
    /// Batch after batch in one answer.
    case streaming
    /// A handed-over connection.
    case webSocket

    /// The kind of the transport that URLs name so; nil if there is none.
    init?(_ name: String) {
        switch name {
        case "polling", "xhr-polling", "jsonp-polling": self = .polling
        case "xhr-multipart", "htmlfile": self = .streaming
        case "websocket", "flashsocket": self = .webSocket
        default: return nil
        }
    }
}
