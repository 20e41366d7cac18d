import Gust
import GustHTTP
import GustWire
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer
@testable import GustSocketIO
@testable import GustTesting

/// If a client's network breaks after any byte that it has sent, nothing of it is left, and other clients are served.
///
/// The tests run the server's own connection handlers on channels without a network, so that each byte costs
/// microseconds.
@Suite struct ResetAfterEveryByteTests {
    @Test(arguments: ClientProfile.all)
    func `a client that resets after any of its bytes leaves nothing behind`(profile: ClientProfile) throws {
        let server = try BreakingServer()
        // The first conversation is complete, which gives the number of bytes.
        let whole = BreakingClient(server, profile, breakingAfter: .max)
        try whole.run()
        #expect(whole.received.utf8.contains("reset me".utf8), "\(whole.received)")
        whole.reset()
        let count = whole.sentBytes
        #expect(count > 100)
        for byte in 0..<count {
            let client = BreakingClient(server, profile, breakingAfter: byte)
            try client.run()
            client.reset()
        }
        // Connections whose client got a sid, or polls, end when their timeouts have passed.
        server.loop.advanceTime(by: .seconds(200))
        #expect(server.io.connectionCount == 0)
        #expect(server.io.announced.count == 0)
        #expect(server.io["/"].socketCount == 0)
        #expect(server.io.liveObjects.connections.current == 0)
        #expect(server.io.liveObjects.sockets.current == 0)
        #expect(server.livingHandlers == 0)
        let last = BreakingClient(server, profile, breakingAfter: .max)
        try last.run()
        #expect(last.received.utf8.contains("reset me".utf8), "\(last.received)")
        last.reset()
        server.loop.advanceTime(by: .seconds(200))
        #expect(server.io.liveObjects.connections.current == 0)
    }
}
