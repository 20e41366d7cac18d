/// A namespace that was made or removed.
struct NamespaceEvent: Sendable {
    enum Change: Sendable {
        case created, removed
    }

    let change: Change
    let namespace: Namespace
}

/// The closures of one call of ``SocketIO/onNamespace(created:removed:)``.
struct NamespaceHandlers: Sendable {
    let created: @Sendable (Namespace) -> Void
    let removed: @Sendable (Namespace) -> Void
}
