#if Redis
import GustHTTP
import Logging
import NIOCore

/// The subscriptions of a client, on their connection; executes the actions of a ``RedisSubscriptionStateMachine`` and a ``RedisProbe``.
///
/// `@unchecked Sendable`: the constants are Sendable or used on `eventLoop` only, as are all variables. The methods for other threads
/// (``add(_:)``, ``remove(_:)``, ``whenConfirmed(_:_:)``) go to the loop first.
final class RedisSubscriptions: RedisConnectionUser, @unchecked Sendable {
    private let connection: RedisConnection
    private let pipeline: RedisPipeline
    private let observers: RedisObservers
    private let logger: Logger
    private let eventLoop: any EventLoop
    private var machine = RedisSubscriptionStateMachine()
    private var subscribers: [RedisSubscriptionKey: [RedisSubscription]] = [:]
    private var waiting: [RedisSubscriptionKey: [EventLoopPromise<Void>]] = [:]
    private var probe = RedisProbe()
    private let probeKey = RedisSubscriptionKey(
        kind: .channel,
        name: ByteBuffer(string: "gust-probe:" + RandomText.make(16))
    )
    private var probing: RepeatedTask?
    private var isClosed = false
    /// Why there is no connection.
    private var refusal: RedisError?

    init(_ connection: RedisConnection, _ pipeline: RedisPipeline, _ observers: RedisObservers, _ logger: Logger) {
        self.connection = connection
        self.pipeline = pipeline
        self.observers = observers
        self.logger = logger
        eventLoop = connection.eventLoop
    }

    // MARK: For all threads

    func add(_ subscription: RedisSubscription) {
        eventLoop.execute {
            guard !self.isClosed else { return }
            self.subscribers[subscription.key, default: []].append(subscription)
            self.write(self.machine.begin(subscription.key))
            self.begin()
        }
    }

    func remove(_ subscription: RedisSubscription) {
        eventLoop.execute {
            let key = subscription.key
            guard var others = self.subscribers[key] else { return }
            others.removeAll { $0 === subscription }
            self.subscribers[key] = others.isEmpty ? nil : others
            guard others.isEmpty else { return }
            self.finish(key, .failure(.closed))
            self.write(self.machine.end(key))
        }
    }

    /// Ends the promise when Redis has confirmed the subscription, or after the command timeout.
    func whenConfirmed(_ subscription: RedisSubscription, _ promise: EventLoopPromise<Void>) {
        eventLoop.execute {
            let key = subscription.key
            guard self.subscribers[key] != nil else { return promise.fail(RedisError.closed) }
            guard !self.machine.isConfirmed(key) else { return promise.succeed() }
            if let refusal = self.machine.refusal(of: key) { return promise.fail(refusal) }
            self.waiting[key, default: []].append(promise)
            let timeout = self.eventLoop.scheduleTask(in: TimeAmount(self.connection.settings.commandTimeout)) {
                // A promise that has ended ignores this.
                promise.fail(self.refusal ?? .timedOut)
            }
            promise.futureResult.whenComplete { _ in timeout.cancel() }
        }
    }

    // MARK: On the loop

    func close() {
        isClosed = true
        probing?.cancel()
        connection.close()
        subscribers = [:]
        for key in waiting.keys { finish(key, .failure(.closed)) }
    }

    private func begin() {
        guard probing == nil else { return }
        let interval = TimeAmount(connection.settings.probeInterval)
        probing = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            self.perform(self.probe.tick())
        }
        write(machine.begin(probeKey))
        connection.start(for: self)
    }

    private func write(_ command: RedisCommand?) {
        guard let command else { return }
        connection.write(command)
        connection.flush()
    }

    private func finish(_ key: RedisSubscriptionKey, _ result: Result<Void, RedisError>) {
        for promise in waiting.removeValue(forKey: key) ?? [] {
            switch result {
            case .success: promise.succeed()
            case .failure(let error): promise.fail(error)
            }
        }
    }

    // MARK: Events of the connection

    func connectionBegan(isAgain: Bool) {
        refusal = nil
        for command in machine.connected(isAgain: isAgain) { connection.write(command) }
        connection.flush()
    }

    func connectionReceived(_ value: RESPValue) {
        switch machine.receive(value) {
        case .none: return
        case .deliver(let key, let channel, let payload):
            probe.receive()
            for subscriber in subscribers[key] ?? [] { subscriber.receive(channel, payload) }
        case .confirm(let key, let isRestored):
            if key == probeKey { probe.begin() }
            finish(key, .success(()))
            if isRestored { observers.notify(.subscriptionRestored) }
        case .refuse(let key, let error, let isRestored):
            refuse(key, error)
            if isRestored { observers.notify(.subscriptionRestored) }
        case .violation: connection.fail(.malformedReply("a message doesn't belong to a subscription"))
        }
    }

    private func refuse(_ key: RedisSubscriptionKey, _ error: RedisError) {
        if key == probeKey {
            logger.warning(
                "Redis refuses the channel gust-probe:*, so that a deaf subscription isn't noticed: \(error)"
            )
            return
        }
        logger.error("Redis refuses the subscription to \(String(buffer: key.name)): \(error)")
        observers.notify(.refused(.subscriptions, error))
        finish(key, .failure(error))
    }

    func connectionReadCompleted() {}

    func connectionEnded(_ error: RedisError) {
        machine.lost()
        probe.end()
    }

    func connectionRefused(_ error: RedisError) {
        refusal = error
    }

    // MARK: The probe

    private func perform(_ action: RedisProbe.Action) {
        switch action {
        case .none: return
        case .publish(let number):
            let item = RedisInbox.Item(
                command: RedisCommand("PUBLISH", probeKey.name, ByteBuffer(integer: UInt8(ascii: "."))),
                timeout: TimeAmount(connection.settings.probeInterval) * 2
            ) { result in self.receive(result, of: number) }
            pipeline.send(item)
        case .deaf:
            observers.notify(.deaf)
            connection.fail(.connectionLost("the subscriptions received nothing for two probe intervals"))
        }
    }

    private func receive(_ result: Result<RESPValue, RedisError>, of number: Int) {
        eventLoop.assertInEventLoop()
        switch result {
        case .success(let reply): perform(probe.accept(number, subscribers: reply.integer ?? 1))
        case .failure(.timedOut): perform(probe.timeOut(number))
        case .failure(.permissionDenied): probe.end()
        // Without a connection for commands nothing can be found out.
        case .failure: return
        }
    }
}
#endif
