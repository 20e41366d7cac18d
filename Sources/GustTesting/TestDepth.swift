/// How much of a server a test includes.
public enum TestDepth: String, Sendable, CaseIterable, CustomStringConvertible {
    /// The handler alone, in memory, with a clock that the test advances.
    case memory
    /// A server on a free port of this machine, over TCP, in real time.
    case tcp

    /// The name.
    public var description: String { rawValue }
}
