/// Handlers of one kind in the order of registration, each with the token by which it can be removed.
struct HandlerList<Body: Sendable>: Sendable {
    private(set) var entries: [(token: HandlerToken, body: Body)] = []

    /// Whether no handler is registered.
    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ token: HandlerToken, _ body: Body) { entries.append((token, body)) }

    mutating func remove(_ token: HandlerToken) { entries.removeAll { $0.token == token } }
}
