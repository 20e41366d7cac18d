import Gust
import GustForwarding
import GustHTTP
import GustTesting
import HTTPTypes
import NIOCore
import Testing

/// Clients behind a proxy that gives each request to another node.
@Suite(.timeLimit(.minutes(2))) struct ForwardingTests {
    /// The generations and transports that are forwarded.
    static let forwarded: [ClientProfile] = ClientProfile.all.filter { profile in
        profile.transport != .htmlFile && profile.transport != .multipart
    }

    @Test(arguments: forwarded, [2, 3])
    func `a client whose requests alternate between the nodes sends and receives`(
        profile: ClientProfile,
        count: Int
    ) async throws {
        try await ForwardingCluster.run(count) { cluster in
            let socket = try await cluster.client.open(profile)
            for number in 0..<6 {
                try await socket.send("hello \(number)")
                #expect(try await socket.nextMessage() == .text("hello \(number)"))
            }
        }
    }
}
