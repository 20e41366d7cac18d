/// The names under which events are measured, so that their number is bounded by the program and not by its clients.
enum EventLabel {
    /// The name of all events that no handler is registered for, and of all names beyond a bound.
    static let other = "other"
    /// The name of all namespaces of families that have no pattern.
    static let dynamic = "dynamic"
}
