public import GustClientWire
public import GustWire

/// A revision and one of its transports.
///
/// ```swift
/// @Test(arguments: ClientProfile.all) func `an echo comes back`(profile: ClientProfile) async throws {
///     let socket = try await TestClient(app).open(profile)
/// }
/// ```
public struct ClientProfile: Sendable, CustomStringConvertible {
    /// The revision of the client.
    public let revision: Revision
    /// The transport of the client.
    public let transport: ClientTransport

    /// Makes a profile.
    public init(_ revision: Revision, _ transport: ClientTransport) {
        self.revision = revision
        self.transport = transport
    }

    /// The profiles of every revision with each of its transports.
    public static let all = Revision.all.flatMap { revision in
        ClientTransport.all(of: revision).map { ClientProfile(revision, $0) }
    }

    /// The profiles of the revisions that have events: all except 0.6.
    public static let withEvents = all.filter(\.revision.hasEvents)

    /// The profiles of Engine.IO, whose clients send binary attachments and can leave each namespace
    /// without closing the connection.
    public static let engineIO = all.filter { $0.revision.engineIOVersion != nil }

    /// The revision and the transport.
    public var description: String { "\(revision) \(transport)" }
}
