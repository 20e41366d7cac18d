/// Handlers whose value would be lost.
extension Socket {
    /// A closure whose value isn't `Encodable` can't acknowledge with it: its acknowledgement is empty.
    ///
    /// Here so that the compiler says so, where it would drop the value of a single expression with little or no word.
    @available(*, deprecated, message: "the value isn't Encodable, so it can't be the acknowledgement: return nothing")
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Value
    ) {
        on(name) { (argument: repeat each Argument) throws -> Void in _ = try body(repeat each argument) }
    }

    /// A closure whose value isn't `Encodable` can't acknowledge with it: its acknowledgement is empty.
    ///
    /// Here so that the compiler says so, where it would drop the value of a single expression with little or no word.
    @available(*, deprecated, message: "the value isn't Encodable, so it can't be the acknowledgement: return nothing")
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Value
    ) {
        on(name) { (argument: repeat each Argument) async throws -> Void in _ = try await body(repeat each argument) }
    }

    /// A closure whose value isn't `Encodable` can't acknowledge with it: its acknowledgement is empty.
    ///
    /// Here so that the compiler says so, where it would drop the value of a single expression with little or no word.
    @available(*, deprecated, message: "the value isn't Encodable, so it can't be the acknowledgement: return nothing")
    public func on<Payload, Value>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) throws -> Value
    ) {
        on(event.name) { (payload: Payload) throws in _ = try body(payload) }
    }

    /// A closure whose value isn't `Encodable` can't acknowledge with it: its acknowledgement is empty.
    ///
    /// Here so that the compiler says so, where it would drop the value of a single expression with little or no word.
    @available(*, deprecated, message: "the value isn't Encodable, so it can't be the acknowledgement: return nothing")
    public func on<Payload, Value>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) async throws -> Value
    ) {
        on(event.name) { (payload: Payload) async throws in _ = try await body(payload) }
    }
}

/// Handlers whose value would be lost.
extension Namespace {
    /// A closure whose value isn't `Encodable` can't acknowledge with it: its acknowledgement is empty.
    ///
    /// Here so that the compiler says so, where it would drop the value of a single expression with little or no word.
    @available(*, deprecated, message: "the value isn't Encodable, so it can't be the acknowledgement: return nothing")
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Value
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) throws -> Void in
            _ = try body(socket, repeat each argument)
        }
    }

    /// A closure whose value isn't `Encodable` can't acknowledge with it: its acknowledgement is empty.
    ///
    /// Here so that the compiler says so, where it would drop the value of a single expression with little or no word.
    @available(*, deprecated, message: "the value isn't Encodable, so it can't be the acknowledgement: return nothing")
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Value
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) async throws -> Void in
            _ = try await body(socket, repeat each argument)
        }
    }
}
