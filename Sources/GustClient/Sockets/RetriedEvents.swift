import GustWire
import NIOCore

/// The events of a socket with retries: one is on its way at a time, until the server has acknowledged it.
struct RetriedEvents {
    struct Event {
        let name: String
        let arguments: Arguments
        let timeout: Duration
        let completion: AcknowledgementCompletion?
        let weight: Int
        var tries = 0
    }

    /// Empty without an allocation, because few clients use retries.
    private var events = CircularBuffer<Event>(initialCapacity: 0)
    /// Whether the first event was sent and its acknowledgement is awaited.
    private(set) var isAwaiting = false
    private(set) var bytes = 0

    /// How often the first event was sent; nil if there is none.
    var tries: Int? { events.first?.tries }

    /// How many events wait or are on their way.
    var count: Int { events.count }

    mutating func add(_ event: Event) {
        events.append(event)
        bytes += event.weight
    }

    /// The event to send now; nil if one is on its way or there is none.
    mutating func next() -> Event? {
        guard !isAwaiting, !events.isEmpty else { return nil }
        isAwaiting = true
        events[events.startIndex].tries += 1
        return events.first
    }

    /// The first event was acknowledged, or has been tried often enough.
    mutating func removeFirst() -> Event? {
        isAwaiting = false
        guard !events.isEmpty else { return nil }
        let event = events.removeFirst()
        bytes -= event.weight
        return event
    }

    /// The first event must be sent again.
    mutating func sendAgain() { isAwaiting = false }

    /// The connection was lost; a try that had no chance doesn't count.
    mutating func connectionWasLost() {
        guard isAwaiting else { return }
        isAwaiting = false
        if !events.isEmpty { events[events.startIndex].tries -= 1 }
    }

    mutating func removeAll() -> [Event] {
        defer { self = RetriedEvents() }
        return Array(events)
    }
}
