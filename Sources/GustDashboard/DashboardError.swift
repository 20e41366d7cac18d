import GustHTTP

/// Why the server doesn't do what a page asks for.
enum DashboardError: PublicError {
    case actionsAreOff
    case isDisconnected
    case noSuchNamespace
    case noEventName
    case reservedName
    case arguments

    /// The text for the visitor.
    var publicText: String {
        switch self {
        case .actionsAreOff: "This dashboard only shows: DashboardSettings.allowsActions is false."
        case .isDisconnected: "This socket is not connected any more."
        case .noSuchNamespace: "There is no namespace of this name."
        case .noEventName: "The event needs a name."
        case .reservedName: "Socket.IO reserves this name for itself."
        case .arguments: "The arguments are a JSON array, such as [\"hello\", 1]."
        }
    }
}
