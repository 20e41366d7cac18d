import GustHTTP

/// The namespace and the name under which an event is measured.
struct EventKey: Hashable, Sendable {
    let namespace: ByteText
    let event: ByteText

    /// The key of all events beyond the bound of a table.
    static let rest = EventKey(namespace: EventLabel.other, event: EventLabel.other)

    init(namespace: String, event: String) {
        self.namespace = ByteText(namespace)
        self.event = ByteText(event)
    }
}
