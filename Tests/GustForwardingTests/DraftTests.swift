import Gust
import GustTesting
import NIOCore
import NIOPosix
import Testing

@testable import GustForwarding

/// WebSockets of browsers from before 2012, whose handshakes and frames pass through another node unchanged.
@Suite(.timeLimit(.minutes(1))) struct DraftTests {
    /// Sends bytes, and returns what was received once that ends with `end`.
    private static func exchange(_ bytes: [UInt8], on port: Int, until end: [UInt8]) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { input, output in
            try await output.write(ByteBuffer(bytes: bytes))
            var received: [UInt8] = []
            for try await piece in input {
                received += Array(piece.readableBytesView)
                if received.suffix(end.count).elementsEqual(end) { break }
            }
            return received
        }
    }

    /// The example of draft-hixie-thewebsocketprotocol-76, with the address of a session of 0.9.
    private static func handshake(_ path: String) -> [UInt8] {
        let lines = [
            "GET \(path) HTTP/1.1", "Host: example.com", "Connection: Upgrade",
            "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00", "Upgrade: WebSocket",
            "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Origin: http://example.com", "", "",
        ]
        return Array((lines.joined(separator: "\r\n") + "^n:ds[4U").utf8)
    }

    @Test(arguments: [0, 1])
    func `a WebSocket of hixie-76 works on the own node and on another one`(number: Int) async throws {
        try await ForwardingCluster.run { cluster in
            let sid = try await cluster.nodes[0].client.get("/socket.io/1/").text.prefix { $0 != ":" }
            let path = "/socket.io/1/websocket/\(sid)"
            let frame = [0x00] + Array("1::".utf8) + [0xFF]
            let received = try await Self.exchange(Self.handshake(path), on: cluster.nodes[number].port, until: frame)
            let text = String(decoding: received.dropLast(frame.count + 16), as: UTF8.self)
            #expect(
                text.hasPrefix(
                    "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
                )
            )
            #expect(text.contains("\r\nSec-WebSocket-Location: ws://example.com\(path)\r\n"))
            #expect(text.hasSuffix("\r\n\r\n"))
            let answer = received.dropLast(frame.count).suffix(16)
            #expect(String(decoding: answer, as: UTF8.self) == "8jKS'y:G*Co,Wxa-")
            #expect(cluster.nodes[1].forwarding.statistics.forwarded == number)
        }
    }
}
