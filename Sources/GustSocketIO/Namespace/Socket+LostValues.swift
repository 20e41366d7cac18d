// If a closure returns nothing, Swift lets its single expression have any type and drops the value, with a warning, or
// without one if the function is `@discardableResult`. The acknowledgement would then be empty and nobody would notice.
// Declarations that are marked `unavailable` don't prevent this, because the compiler prefers the available
// declaration. Therefore each kind of closure whose value isn't `Encodable` has two declarations of equal rank. The
// compiler reports "ambiguous use of 'on'", and its notes show both declarations, whose labels name the two remedies.

/// Declarations that make closures whose value would be dropped a compile-time error.
extension Socket {
    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    @discardableResult
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Value,
        _valueIsNotEncodable unused: Void = ()
    ) -> HandlerToken {
        on(name) { (argument: repeat each Argument) throws -> Void in _ = try body(repeat each argument) }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    @discardableResult
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Value,
        _returnNothingInstead unused: Void = ()
    ) -> HandlerToken {
        on(name) { (argument: repeat each Argument) throws -> Void in _ = try body(repeat each argument) }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    @discardableResult
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Value,
        _valueIsNotEncodable unused: Void = ()
    ) -> HandlerToken {
        on(name) { (argument: repeat each Argument) async throws -> Void in _ = try await body(repeat each argument) }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    @discardableResult
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Value,
        _returnNothingInstead unused: Void = ()
    ) -> HandlerToken {
        on(name) { (argument: repeat each Argument) async throws -> Void in _ = try await body(repeat each argument) }
    }
}

/// Declarations that make closures whose value would be dropped a compile-time error.
extension Namespace {
    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Value,
        _valueIsNotEncodable unused: Void = ()
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) throws -> Void in
            _ = try body(socket, repeat each argument)
        }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) throws -> Value,
        _returnNothingInstead unused: Void = ()
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) throws -> Void in
            _ = try body(socket, repeat each argument)
        }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Value,
        _valueIsNotEncodable unused: Void = ()
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) async throws -> Void in
            _ = try await body(socket, repeat each argument)
        }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    public func on<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (Socket, repeat each Argument) async throws -> Value,
        _returnNothingInstead unused: Void = ()
    ) {
        on(name) { (socket: Socket, argument: repeat each Argument) async throws -> Void in
            _ = try await body(socket, repeat each argument)
        }
    }
}
