// A single expression in a closure may be of any type where nothing is to be returned: Swift then drops its value, with a warning
// or, of a `@discardableResult` function, without. The acknowledgement would be empty without a word. `unavailable` declarations
// don't help, because the compiler prefers the available one. So there are two declarations for every closure with a value that
// isn't `Encodable`, none better than the other: "ambiguous use of 'on'", and the notes name both, and by their labels the way out.

/// Handlers whose value would be lost don't compile.
extension Socket {
    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Value,
        valueIsNotEncodable: Void = ()
    ) {
        on(name) { (argument: repeat each Argument) throws -> Void in _ = try body(repeat each argument) }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Value,
        returnNothingInstead: Void = ()
    ) {
        on(name) { (argument: repeat each Argument) throws -> Void in _ = try body(repeat each argument) }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Value,
        valueIsNotEncodable: Void = ()
    ) {
        on(name) { (argument: repeat each Argument) async throws -> Void in _ = try await body(repeat each argument) }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Value,
        returnNothingInstead: Void = ()
    ) {
        on(name) { (argument: repeat each Argument) async throws -> Void in _ = try await body(repeat each argument) }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<Payload, Value>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) throws -> Value,
        valueIsNotEncodable: Void = ()
    ) {
        on(event.name) { (payload: Payload) throws in _ = try body(payload) }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<Payload, Value>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) throws -> Value,
        returnNothingInstead: Void = ()
    ) {
        on(event.name) { (payload: Payload) throws in _ = try body(payload) }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<Payload, Value>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) async throws -> Value,
        valueIsNotEncodable: Void = ()
    ) {
        on(event.name) { (payload: Payload) async throws in _ = try await body(payload) }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<Payload, Value>(
        _ event: Event<Payload>,
        _ body: @escaping @Sendable (Payload) async throws -> Value,
        returnNothingInstead: Void = ()
    ) {
        on(event.name) { (payload: Payload) async throws in _ = try await body(payload) }
    }
}

/// Handlers whose value would be lost don't compile.
extension Namespace {
    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Value,
        valueIsNotEncodable: Void = ()
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) throws -> Void in
            _ = try body(socket, repeat each argument)
        }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Value,
        returnNothingInstead: Void = ()
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) throws -> Void in
            _ = try body(socket, repeat each argument)
        }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Value,
        valueIsNotEncodable: Void = ()
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) async throws -> Void in
            _ = try await body(socket, repeat each argument)
        }
    }

    /// Not to be called: makes a closure whose value isn't `Encodable`, and so can't be the acknowledgement, ambiguous.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Value,
        returnNothingInstead: Void = ()
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) async throws -> Void in
            _ = try await body(socket, repeat each argument)
        }
    }
}
