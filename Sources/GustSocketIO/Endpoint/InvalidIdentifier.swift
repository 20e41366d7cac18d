/// The reason why a sid that ``SocketIOSettings/generateID`` made can't be used.
enum InvalidIdentifier: Error, CustomStringConvertible {
    case malformed
    case inUse

    var description: String {
        switch self {
        case .malformed: "generateID must return 1 to 128 letters and digits of ASCII, hyphens and underscores"
        case .inUse: "generateID returned the sid of another connection"
        }
    }
}
