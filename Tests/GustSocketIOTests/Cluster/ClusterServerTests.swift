import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustCluster
@testable import GustSocketIO

/// Events between servers, and a bus that fails.
@Suite(.leavesNothing) struct ClusterServerTests {
    private struct Mistake: Error {}

    @Test func `an event between servers calls the handlers of the other servers only`() async throws {
        let nodes = Nodes(3)
        let calls = Mutex<[Int]>([])
        for (number, server) in nodes.servers.enumerated() {
            server["/"].onServerSide("reload") { (name: String) in
                calls.withLock { $0.append(name == "all" ? number : -1) }
            }
        }
        nodes.first["/"].serverSideEmit("reload", "all")
        let isDone = { @Sendable in calls.withLock { $0.count } == 2 }
        try await nodes.clients[0].wait(for: "the handlers", until: isDone)
        #expect(calls.withLock { $0.sorted() } == [1, 2])
    }

    @Test func `the replies of the other servers are collected`() async throws {
        let nodes = Nodes(3)
        for (number, server) in nodes.servers.enumerated() {
            server["/"].onServerSide("number") { (base: Int) in base + number }
        }
        let result = try await nodes.first["/"].serverSideEmitWithAcknowledgement("number", 10)
        #expect(Set(try result.replies.map { try $0.decode(Int.self, at: 0) }) == [11, 12])
        #expect(result.silentNodes.isEmpty)
    }

    @Test func `a server without a handler, or whose handler fails, is named`() async throws {
        let nodes = Nodes(3)
        nodes.servers[1]["/"].onServerSide("x") { () -> Int in throw Mistake() }
        let result = try await nodes.first["/"].serverSideEmitWithAcknowledgement("x")
        #expect(result.replies.isEmpty)
        #expect(Set(result.silentNodes) == ["node 1", "node 2"])
    }

    @Test func `one server without a cluster has no replies and counts itself`() async throws {
        let nodes = Nodes(1)
        #expect(try await nodes.first["/"].serverSideEmitWithAcknowledgement("x").replies.isEmpty)
        #expect(await nodes.first["/"].serverCount() == 1)
    }

    @Test func `the servers of a cluster are counted`() async throws {
        #expect(await Nodes(3).first["/"].serverCount() == 3)
    }

    @Test func `a node that is cut off is named when the time is over`() async throws {
        let nodes = Nodes(2)
        let sockets = try await nodes.open(2)
        nodes.bus.isolate("node 1")
        async let fetched = nodes.first.everybody.fetchSockets()
        let clock = nodes.clock
        try await nodes.clients[0].wait(for: "the deadline") { clock.sleeperCount == 1 }
        clock.wake()
        #expect(await fetched.silentNodes == ["node 1"])
        #expect(await fetched.sockets.map(\.id) == [sockets[0].id])
    }

    @Test func `an error of the bus is reported, and the call ends`() async throws {
        let nodes = Nodes(2)
        let errors = Mutex<[String]>([])
        nodes.first.onError { error, _, _ in errors.withLock { $0.append("\(error)") } }
        let sockets = try await nodes.open(1)
        nodes.bus.isolate("node 0")
        nodes.first.emit("x")
        #expect(errors.withLock { $0 } == [#"Unreachable(node: "node 0")"#])
        #expect(try await sockets[0].next() == .event("x", []))
        let fetched = await nodes.first.everybody.fetchSockets()
        #expect(fetched.silentNodes == ["node 1"])
    }

    @Test func `acknowledgements that overtake each other are all collected`() async throws {
        let nodes = Nodes(2)
        let sockets = try await nodes.open(4)
        let replies = try nodes.first.everybody.emitWithAcknowledgement("ask")
        await nodes.settle()
        nodes.bus.hold()
        for socket in sockets {
            _ = try await socket.next()
            try await socket.acknowledge(1)
        }
        await nodes.settle()
        nodes.bus.deliver(reordered: true)
        #expect(try await replies.all().count == 4)
    }

    @Test func `a message with too many bytes isn't decoded`() throws {
        let format = ClusterMessageFormat(node: "a", namespace: "/", isExtended: true)
        let message = try #require(try format.encode(.serverEvent(name: "x", Arguments())))
        let other = ClusterMessageFormat(node: "b", namespace: "/", isExtended: true)
        #expect(try other.decode(message, maximumLength: message.readableBytes) != nil)
        #expect(throws: ClusterFormatError.self) {
            try other.decode(message, maximumLength: message.readableBytes - 1)
        }
    }

    // CVE-2025-61765: messages are data only, and what isn't a message is ignored.
    @Test func `bytes that are no message are reported and ignored`() async throws {
        let nodes = Nodes(2)
        let errors = Mutex(0)
        nodes.first.onError { _, _, _ in errors.withLock { $0 += 1 } }
        let session = #"{"sid":"a","pid":"b","rooms":[],"data":"{","missed":[],"received":[]}"#
        let persist = #"{"type":101,"data":\#(session),"uid":"x","nsp":"/"}"#
        for bytes in ["", "{}", "[1]", #"{"type":7,"data":{},"uid":"x","nsp":"/"}"#, "\u{0}", persist] {
            try nodes.bus.send(ByteBuffer(string: bytes), to: "node 0", on: "/")
        }
        #expect(errors.withLock { $0 } == 6)
        let sockets = try await nodes.open(2)
        nodes.first.emit("x")
        await nodes.settle()
        for socket in sockets { #expect(try await socket.next() == .event("x", [])) }
    }
}
