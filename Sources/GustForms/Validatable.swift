/// A value that checks itself after it has been decoded.
///
/// ```swift
/// struct SignUp: Decodable, Validatable {
///     let name: String
///     let age: Int
///     let addresses: [Address]
///
///     func validate(_ checks: inout ValidationChecks) {
///         checks.require(!name.isEmpty, at: "name", "must not be empty")
///         checks.require(age >= 18, at: "age", "must be at least 18")
///         checks.validate(addresses, at: "addresses")
///     }
/// }
/// ```
/// `decodeQuery`, `decodeForm` and `decodeContent` validate such a value. After `Request.decode`, call ``validate()``.
public protocol Validatable {
    /// Adds what is wrong with the value; all of it, so that a visitor can correct it at once.
    func validate(_ checks: inout ValidationChecks)
}

extension Validatable {
    /// Checks the value.
    ///
    /// - Throws: ``ValidationError`` with all that is wrong.
    public func validate() throws(ValidationError) {
        var checks = ValidationChecks()
        validate(&checks)
        guard checks.faults.isEmpty else { throw ValidationError(checks.faults) }
    }
}
