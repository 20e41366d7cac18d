import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Packets that wait to be sent to a client, and how they are counted.
@Suite(.leavesNothing) struct OutboxTests {
    private func frame(_ text: String) -> Frame { .text(ByteBuffer(string: text)) }

    private func texts(_ frames: [Frame]) -> [String] {
        frames.map { frame in
            switch frame {
            case .text(let bytes), .binary(let bytes): String(buffer: bytes)
            }
        }
    }

    @Test func `frames are removed in order, and their bytes are subtracted`() {
        var outbox = Outbox()
        for text in ["a", "bb", "ccc"] { outbox.append(frame(text)) }
        #expect(outbox.byteCount == 6)
        #expect(texts(outbox.removeFirst(1)) == ["a"])
        #expect(outbox.byteCount == 5)
        // Frames that weren't delivered are put in front again.
        outbox.prepend([frame("a"), frame("dddd")])
        #expect(outbox.byteCount == 10)
        #expect(texts(outbox.removeFirst(.max)) == ["a", "dddd", "bb", "ccc"])
        #expect(outbox.byteCount == 0)
        #expect(outbox.isEmpty)
    }

    @Test func `no more frames are dropped than the bounds require`() {
        var outbox = Outbox(isMarked: true)
        for text in ["a", "bb", "ccc"] {
            outbox.append(frame(text))
            outbox.markLast(1, Outbox.Mark(isDroppable: true))
        }
        #expect(outbox.dropOldest(packets: 3, bytes: 6).packets == 0)
        #expect(outbox.dropOldest(packets: 3, bytes: 5).packets == 1)
        #expect(outbox.byteCount == 5)
        #expect(outbox.dropOldest(packets: 1, bytes: 5).packets == 1)
        #expect(texts(outbox.frames) == ["ccc"])
        #expect(outbox.dropOldest(packets: 0, bytes: 0).packets == 1)
        #expect(outbox.isEmpty)
    }

    @Test func `packets that must arrive are not dropped, and attachments are dropped with their packet`() {
        var outbox = Outbox(isMarked: true)
        outbox.append(frame("connect"))
        outbox.append(frame("event"))
        outbox.append(frame("attachment"))
        outbox.markLast(2, Outbox.Mark(isDroppable: true))
        outbox.append(frame("acknowledgement"))
        let removal = outbox.dropOldest(packets: 1, bytes: .max)
        #expect(removal.packets == 1)
        #expect(removal.indices == [1, 2])
        #expect(texts(outbox.frames) == ["connect", "acknowledgement"])
        #expect(outbox.byteCount == 22)
        // Positions in front of the removed frames stay, and positions behind them move.
        #expect([0, 1, 3, 4].map(removal.adjusted) == [0, 1, 1, 2])
    }

    @Test func `frames that are put back keep their marks, unless a later packet has replaced them`() {
        let key = LatestKey("price", in: "/")
        var outbox = Outbox()
        outbox.append(frame("old"))
        outbox.markLast(1, Outbox.Mark(isDroppable: true, latestKey: key))
        outbox.append(frame("news"))
        let taken = outbox.removeFirst(.max)
        #expect(outbox.end == 2)
        outbox.append(frame("new"))
        outbox.markLast(1, Outbox.Mark(isDroppable: true, latestKey: key))
        outbox.prepend(taken)
        #expect(texts(outbox.frames) == ["old", "news", "new"])
        #expect(outbox.removeReplaced().packets == 1)
        #expect(texts(outbox.frames) == ["news", "new"])
        #expect(outbox.byteCount == 7)
        #expect(outbox.remove(LatestKey("price", in: "/other")).packets == 0)
        #expect(outbox.remove(LatestKey("price", in: "/")).packets == 1)
        #expect(texts(outbox.frames) == ["news"])
    }

    // MARK: Statistics

    @Test(arguments: [ClientTransport.webSocket, .polling])
    func `attachments and broadcasts are counted with all their bytes`(transport: ClientTransport) async throws {
        let io = SocketIO()
        let client = TestClient(EndpointHarness(io))
        let socket = try await client.open(over: transport)
        let server = try #require(await io.everybody.sockets().first)
        let before = io.statistics
        // 451-["b",{"_placeholder":true,"num":0}] is 39 bytes, and three follow.
        let bytes = ByteBuffer(bytes: [1, 2, 3])
        try await client.onLoop { server.emit("b", bytes) }
        #expect(io.statistics.bytesOut - before.bytesOut == 42)
        try await client.onLoop { io.emit("b", bytes) }
        #expect(io.statistics.bytesOut - before.bytesOut == 84)
        #expect(io.statistics.packetsOut - before.packetsOut == 2)
        let placeholder = #"{"_placeholder":true,"num":0}"#
        for _ in 0..<2 { #expect(try await socket.next() == .event("b", [placeholder], attachments: [bytes])) }
    }

    @Test func `packets behind a close packet are not counted`() async throws {
        let io = SocketIO()
        let client = TestClient(EndpointHarness(io))
        let target = try await client.pollingSession()
        let before = io.statistics
        _ = try await client.post(target, body: "1\u{1E}42[\"late\"]")
        #expect(io.statistics.bytesIn - before.bytesIn == 1)
        #expect(io.statistics.packetsIn - before.packetsIn == 1)
    }
}
