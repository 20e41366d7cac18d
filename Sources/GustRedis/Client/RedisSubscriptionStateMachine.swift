#if Redis
import NIOCore

/// Decides without I/O which subscriptions a connection must have, and which of them Redis has confirmed.
///
/// Redis answers the commands in their order, each with a message for its name or with an error.
struct RedisSubscriptionStateMachine {
    enum ReceiveAction: Equatable {
        case none
        /// Give the message to the subscribers of the key.
        case deliver(RedisSubscriptionKey, channel: ByteBuffer, payload: ByteBuffer)
        /// The subscription has begun. If `isRestored`, it was the last one that was missing after a reconnection.
        case confirm(RedisSubscriptionKey, isRestored: Bool)
        /// The server refuses the subscription.
        case refuse(RedisSubscriptionKey, RedisError, isRestored: Bool)
        /// The server broke the protocol, or ended a subscription by itself: close the connection.
        case violation
    }

    /// A command without a reply.
    private struct Sent {
        let key: RedisSubscriptionKey
        /// The number of the command that begins a subscription; nil for one that ends it.
        let number: Int?
    }

    private enum Confirmation {
        case none
        /// The command with this number was written.
        case awaited(Int)
        case received
        case refused(RedisError)
    }

    private var subscriptions: [RedisSubscriptionKey: Confirmation] = [:]
    private var sent = CircularBuffer<Sent>()
    private var count = 0
    private var isConnected = false
    /// How many of the commands after a reconnection are unanswered; 0 before a reconnection.
    private var missing = 0

    /// Whether Redis has confirmed the subscription on the present connection.
    func isConfirmed(_ key: RedisSubscriptionKey) -> Bool {
        if case .received = subscriptions[key] { true } else { false }
    }

    /// Why the server refuses the subscription on the present connection; nil if it doesn't.
    func refusal(of key: RedisSubscriptionKey) -> RedisError? {
        if case .refused(let error) = subscriptions[key] { error } else { nil }
    }

    /// Adds a subscription.
    ///
    /// Returns the command to write, if there is a connection and the subscription is new.
    mutating func begin(_ key: RedisSubscriptionKey) -> RedisCommand? {
        guard subscriptions[key] == nil else { return nil }
        subscriptions[key] = Confirmation.none
        return isConnected ? send(key) : nil
    }

    /// Removes a subscription.
    ///
    /// Returns the command to write, if there is a connection.
    mutating func end(_ key: RedisSubscriptionKey) -> RedisCommand? {
        guard subscriptions.removeValue(forKey: key) != nil, isConnected else { return nil }
        sent.append(Sent(key: key, number: nil))
        return key.command(begins: false)
    }

    /// There is a connection.
    ///
    /// Returns the commands to write.
    mutating func connected(isAgain: Bool) -> [RedisCommand] {
        isConnected = true
        let commands = subscriptions.keys.map { send($0) }
        missing = isAgain ? commands.count : 0
        return commands
    }

    /// The connection was lost.
    mutating func lost() {
        isConnected = false
        sent.removeAll(keepingCapacity: false)
        missing = 0
        for key in subscriptions.keys { subscriptions[key] = Confirmation.none }
    }

    /// A value has been received.
    mutating func receive(_ value: RESPValue) -> ReceiveAction {
        guard let message = RedisSubscriptionMessage(value) else { return .violation }
        switch message {
        case .message(let key, let channel, let payload): return .deliver(key, channel: channel, payload: payload)
        case .other: return .none
        case .ended(let key):
            guard let first = sent.popFirst(), first.key == key, first.number == nil else { return .violation }
            return .none
        case .began(let key):
            guard let first = sent.popFirst(), first.key == key, let number = first.number else { return .violation }
            let isRestored = takeMissing(number)
            guard case .awaited(number) = subscriptions[key] else { return .none }
            subscriptions[key] = .received
            return .confirm(key, isRestored: isRestored)
        case .refused(let error):
            guard let first = sent.popFirst() else { return .violation }
            guard let number = first.number else { return .none }
            let isRestored = takeMissing(number)
            guard case .awaited(number) = subscriptions[first.key] else { return .none }
            subscriptions[first.key] = .refused(error)
            return .refuse(first.key, error, isRestored: isRestored)
        }
    }

    private mutating func send(_ key: RedisSubscriptionKey) -> RedisCommand {
        count += 1
        subscriptions[key] = .awaited(count)
        sent.append(Sent(key: key, number: count))
        return key.command(begins: true)
    }

    /// Counts an answer after a reconnection.
    ///
    /// Returns whether it was the last one.
    private mutating func takeMissing(_ number: Int) -> Bool {
        guard missing > 0 else { return false }
        missing -= 1
        return missing == 0
    }
}
#endif
