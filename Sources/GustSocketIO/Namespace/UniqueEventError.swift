import GustHTTP

/// The reason why an event with an id isn't handled.
enum UniqueEventError: PublicError, CustomStringConvertible {
    /// The id has too many bytes.
    case idTooLong
    /// Too many events with an id are being handled.
    case tooMany

    var publicText: String {
        switch self {
        case .idTooLong: "the id of the event is too long"
        case .tooMany: "too many events are being handled"
        }
    }

    var description: String { publicText }
}
