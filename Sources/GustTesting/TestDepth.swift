/// How much of a server a test goes through.
public enum TestDepth: String, Sendable, CaseIterable, CustomStringConvertible {
    /// The handler alone, in-process, with a clock that is turned by hand.
    case memory
    /// A server on a free port of this machine, over TCP, in real time.
    case tcp

    /// The name.
    public var description: String { rawValue }
}
