import GustAdapter
import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Waiting until packets have been passed to the transport.
@Suite(.leavesNothing) struct FlushTests {
    private let io = SocketIO()
    private let client: TestClient
    private let outcome = Outcome()

    init() {
        client = TestClient(EndpointHarness(io))
        io.onConnect { [outcome] socket in
            socket.on("produce") { () async in
                socket.emit("one")
                do {
                    try await socket.flush()
                    outcome.set(.success(()))
                } catch {
                    outcome.set(.failure(error as? SocketError ?? .timedOut))
                }
            }
        }
    }

    /// Makes the server emit and flush an event while no poll is pending; returns the target of polls.
    private func produce() async throws -> String {
        let greeting = try await client.get("/socket.io/?EIO=4&transport=polling").text
        let start = try #require(greeting.firstRange(of: #""sid":""#)).upperBound
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(greeting[start...].prefix(20))"
        _ = try await client.post(target, body: "40")
        #expect(try await client.get(target).text.hasPrefix("40{"))
        _ = try await client.post(target, body: #"42["produce"]"#)
        await client.settle()
        #expect(!outcome.isSuccess)
        return target
    }

    @Test func `flushing waits until a poll has fetched the packets`() async throws {
        let target = try await produce()
        #expect(try await client.get(target).text == #"42["one"]"#)
        await client.settle()
        #expect(outcome.isSuccess)
    }

    @Test func `flushing fails if the connection ends before`() async throws {
        let target = try await produce()
        _ = try await client.post(target, body: "1")
        await client.settle()
        #expect(outcome.error == .disconnected)
    }
}
