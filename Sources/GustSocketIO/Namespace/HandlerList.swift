/// Handlers of one kind in the order of registration, each with the token by which it can be removed.
struct HandlerList<Body: Sendable>: Sendable {
    /// One handler with its token.
    typealias Entry = (token: HandlerToken, body: Body)

    private(set) var entries: [Entry] = []

    /// Whether no handler is registered.
    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ token: HandlerToken, _ body: Body) { entries.append((token, body)) }

    mutating func remove(_ token: HandlerToken) { entries.removeAll { $0.token == token } }
}
