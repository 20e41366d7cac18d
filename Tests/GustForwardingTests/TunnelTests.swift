import GustCluster
import GustDigest
import GustHTTP
import GustTesting
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustForwarding

/// Messages of tunnels over the bus.
@Suite struct TunnelTests {
    private let keys = ForwardingKeys(secret: ForwardingCluster.secret)
    private let message = TunnelMessage(
        kind: .data,
        from: "aaaaaaaaaaaa",
        tunnel: Array(repeating: 7, count: 16),
        sequence: 3,
        payload: ByteBuffer(string: "bytes")
    )

    @Test func `a message is decoded by its receiver only, and only as it was sent`() {
        let bytes = message.encoded(for: "bbbbbbbbbbbb", keys.messages)
        let decoded = TunnelMessage(bytes, for: "bbbbbbbbbbbb", keys.messages)
        #expect(decoded?.kind == .data)
        #expect(decoded?.from == "aaaaaaaaaaaa")
        #expect(decoded?.sequence == 3)
        #expect(decoded?.payload == ByteBuffer(string: "bytes"))
        #expect(TunnelMessage(bytes, for: "cccccccccccc", keys.messages) == nil)
        #expect(TunnelMessage(bytes, for: "bbbbbbbbbbbb", ForwardingKeys(secret: "other").messages) == nil)
        for index in 0..<bytes.readableBytes {
            var changed = bytes
            let byte = changed.getInteger(at: index, as: UInt8.self) ?? 0
            changed.setInteger(byte ^ 1, at: index)
            #expect(TunnelMessage(changed, for: "bbbbbbbbbbbb", keys.messages) == nil)
            let cut = bytes.getSlice(at: 0, length: index) ?? ByteBuffer()
            #expect(TunnelMessage(cut, for: "bbbbbbbbbbbb", keys.messages) == nil)
        }
    }

    @Test func `a farewell is for everybody, and no node's own message`() {
        let farewell = TunnelMessage(kind: .left, from: "aaaaaaaaaaaa", tunnel: message.tunnel, sequence: 0)
        let bytes = farewell.encoded(for: TunnelMessage.everybody, keys.messages)
        #expect(TunnelMessage(bytes, for: TunnelMessage.everybody, keys.messages)?.kind == .left)
        #expect(TunnelMessage(bytes, for: "bbbbbbbbbbbb", keys.messages) == nil)
    }

    @Test func `a message of an unknown version, kind or length is none, even with a valid code`() {
        let to = "bbbbbbbbbbbb"
        func sealed(_ change: (inout [UInt8]) -> Void) -> ByteBuffer {
            var bytes = Array(message.encoded(for: to, keys.messages).readableBytesView.dropLast(16))
            change(&bytes)
            return ByteBuffer(bytes: bytes + keys.messages.code(for: bytes + Array(to.utf8)).prefix(16))
        }
        #expect(TunnelMessage(sealed { _ in }, for: to, keys.messages) != nil)
        #expect(TunnelMessage(sealed { $0[0] = 2 }, for: to, keys.messages) == nil)
        #expect(TunnelMessage(sealed { $0[1] = 99 }, for: to, keys.messages) == nil)
        let long = [UInt8](repeating: 0, count: TunnelMessage.maximumPayload)
        #expect(TunnelMessage(sealed { $0 += long }, for: to, keys.messages) == nil)
    }

    @Test func `a report that the bus loses together with a message is repeated`() async throws {
        let bus = LoopbackBus()
        try await ForwardingCluster.run(
            at: .bus,
            connectTimeout: .milliseconds(500),
            tunnelInterval: .milliseconds(200),
            bus: bus
        ) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            #expect(try await cluster.nodes[1].client.post(path, body: "40").text == "ok")
            // The message of the request is lost, and with it the reports of two intervals, of both nodes to each other and to themselves.
            let count = Atomic<Int>(0)
            bus.lose { count.wrappingAdd(1, ordering: .relaxed).newValue <= 9 }
            // Without a further report, the request would wait for ever.
            let answer = try await cluster.nodes[1].client.post(path, body: "40")
            #expect(answer.text.hasPrefix(#"{"code":1,"#))
            bus.lose { false }
        }
    }

    @Test func `a message that the bus loses ends the tunnel soon, and not the node`() async throws {
        let bus = LoopbackBus()
        try await ForwardingCluster.run(
            at: .bus,
            connectTimeout: .milliseconds(500),
            tunnelInterval: .milliseconds(200),
            bus: bus
        ) { cluster in
            let count = Atomic<Int>(0)
            for lost in 1...5 {
                let sid = try await cluster.handshake(on: 0)
                let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
                count.store(0, ordering: .relaxed)
                bus.lose { count.wrappingAdd(1, ordering: .relaxed).newValue == lost }
                let answer = try await cluster.nodes[1].client.post(path, body: "40")
                bus.lose { false }
                // The answer to a request that is lost on the way is that of a node that is gone.
                #expect(answer.text == "ok" || answer.text.hasPrefix(#"{"code":1,"#))
            }
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            #expect(try await cluster.nodes[1].client.post(path, body: "40").text == "ok")
        }
    }

    @Test func `garbage on the bus is dropped and counted`() async throws {
        let bus = LoopbackBus()
        try await ForwardingCluster.run(at: .bus, bus: bus) { cluster in
            let sid = try await cluster.handshake(on: 0)
            var generator = SeededNumbers(seed: 4)
            for length in 0..<200 {
                let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                for node in cluster.nodes {
                    try bus.send(ByteBuffer(bytes: bytes), to: node.forwarding.tag, on: BusTunnels.channel)
                }
            }
            #expect(cluster.nodes.map(\.forwarding.droppedMessageCount) == [200, 200])
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            #expect(try await cluster.nodes[1].client.post(path, body: "40").text == "ok")
        }
    }
}

/// Numbers that are the same in each run.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 24
    }
}
