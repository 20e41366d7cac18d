#if Redis
/// Notices without I/O that subscriptions receive nothing although messages are published.
///
/// At each interval a message is published on a channel of the client. A subscription is deaf if nothing has been received for two intervals
/// since Redis accepted a message, if Redis says that nobody receives it, or if Redis doesn't accept it in time.
struct RedisProbe: Sendable {
    enum Action: Equatable {
        case none
        /// Publish a message with this number.
        case publish(Int)
        /// Connect again.
        case deaf
    }

    private var isActive = false
    /// The number of the last message.
    private var last = 0
    /// The number of the last message before the last reception.
    private var received = 0
    /// How many messages Redis has accepted since the last reception.
    private var accepted = 0

    /// The channel has been subscribed.
    mutating func begin() {
        isActive = true
        received = last
        accepted = 0
    }

    /// The connection was lost, or the server doesn't allow the channel.
    mutating func end() { isActive = false }

    /// An interval has passed.
    mutating func tick() -> Action {
        guard isActive else { return .none }
        if accepted >= 2 { return fail() }
        last += 1
        return .publish(last)
    }

    /// Something has been received.
    mutating func receive() {
        received = last
        accepted = 0
    }

    /// Redis has accepted a message, for this number of subscribers.
    mutating func accept(_ number: Int, subscribers: Int) -> Action {
        guard isActive, received < number else { return .none }
        if subscribers == 0 { return fail() }
        accepted += 1
        return .none
    }

    /// Redis didn't accept a message in time.
    mutating func timeOut(_ number: Int) -> Action {
        isActive && received < number ? fail() : .none
    }

    private mutating func fail() -> Action {
        isActive = false
        return .deaf
    }
}
#endif
