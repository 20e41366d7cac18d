/// What a conformance body runs against: a client, and how much of the server.
enum ConformanceSetup: String, CaseIterable, Sendable, CustomStringConvertible {
    /// The client of GustTesting, and the handler alone.
    case memory
    /// The client of GustTesting, and a server over TCP.
    case tcp
    /// GustClient, and a server over TCP.
    case client

    /// The name in the results and in the names of test cases.
    var description: String { rawValue }
}
