/// A mistake in a ``Contract``, found when a document is written.
public struct ContractError: Error, Sendable, CustomStringConvertible {
    enum Reason: Sendable {
        case unknownShape(String)
        case noSample(String)
        case sameName(String)
        case noEvents(String)
    }

    let reason: Reason

    init(_ reason: Reason) { self.reason = reason }

    /// What is wrong, and what to do.
    public var description: String {
        switch reason {
        case .unknownShape(let type):
            "the shape of \(type) in JSON can't be found out by decoding it; let it conform to ShapeDescribed"
        case .noSample(let type):
            "\(type) can't be decoded from a sample value; let the type that has it as a member conform to ShapeDescribed"
        case .sameName(let name): "two events of one sender are called \"\(name)\""
        case .noEvents(let type): "\(type) has no stored property that is an event's declaration"
        }
    }
}
