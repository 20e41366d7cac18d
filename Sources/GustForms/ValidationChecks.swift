/// What is wrong with a value, as its ``Validatable/validate(_:)`` collects it.
public struct ValidationChecks: Sendable {
    /// The maximum number of faults that are collected; further ones are dropped.
    static let maximumFaults = 100

    private(set) var faults: [ValidationFault] = []
    private var path: [ValidationFault.Step] = []

    init() {}

    /// Adds a fault unless `isValid` is `true`.
    ///
    /// - Parameters:
    ///   - isValid: The condition.
    ///   - key: The name of the property, as the client sends it; nil for the value as a whole.
    ///   - message: What is expected. The client receives it, so it must not contain secrets.
    public mutating func require(
        _ isValid: Bool,
        at key: String? = nil,
        _ message: @autoclosure () -> String
    ) {
        guard !isValid, faults.count < Self.maximumFaults else { return }
        faults.append(ValidationFault(path: path + (key.map { [.key($0)] } ?? []), message: message()))
    }

    /// Validates a value within the value; its faults have `key` before their paths, and nil is valid.
    public mutating func validate(_ value: (some Validatable)?, at key: String) {
        guard let value else { return }
        descend(.key(key)) { value.validate(&$0) }
    }

    /// Validates each element of a list within the value; their faults have `key` and the number of the element before their paths.
    public mutating func validate(_ values: some Sequence<some Validatable>, at key: String) {
        descend(.key(key)) { checks in
            for (number, value) in values.enumerated() where checks.faults.count < Self.maximumFaults {
                checks.descend(.number(number)) { value.validate(&$0) }
            }
        }
    }

    private mutating func descend(_ step: ValidationFault.Step, _ body: (inout ValidationChecks) -> Void) {
        path.append(step)
        body(&self)
        path.removeLast()
    }
}
