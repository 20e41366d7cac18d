// The reason for these declarations is in `Socket+LostValues.swift`.

/// Declarations that make closures whose value would be dropped a compile-time error.
extension Socket {
    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    @discardableResult
    public func once<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Value,
        _valueIsNotEncodable unused: Void = ()
    ) -> HandlerToken {
        once(name) { (argument: repeat each Argument) throws -> Void in _ = try body(repeat each argument) }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    @discardableResult
    public func once<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) throws -> Value,
        _returnNothingInstead unused: Void = ()
    ) -> HandlerToken {
        once(name) { (argument: repeat each Argument) throws -> Void in _ = try body(repeat each argument) }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    @discardableResult
    public func once<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Value,
        _valueIsNotEncodable unused: Void = ()
    ) -> HandlerToken {
        once(name) { (argument: repeat each Argument) async throws -> Void in _ = try await body(repeat each argument) }
    }

    /// Must not be called: makes a closure ambiguous whose value isn't `Encodable` and can't be the acknowledgement.
    @discardableResult
    public func once<each Argument: Decodable & Sendable, Value>(
        _ name: String,
        _ body: @escaping @Sendable (repeat each Argument) async throws -> Value,
        _returnNothingInstead unused: Void = ()
    ) -> HandlerToken {
        once(name) { (argument: repeat each Argument) async throws -> Void in _ = try await body(repeat each argument) }
    }
}
