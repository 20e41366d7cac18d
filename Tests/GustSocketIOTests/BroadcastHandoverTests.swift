import GustWire
import Testing

@testable import GustSocketIO

/// A connection that moves to another loop must receive each broadcast once and in order, whichever loops delivered it.
@Suite struct BroadcastHandoverTests {
    private let packets = (0..<4).map { number in
        SharedPacket(.event(namespace: "/", id: nil, name: "\(number)", arguments: Arguments()))
    }

    @Test func `before the move a broadcast is delivered once`() {
        var handover = BroadcastHandover()
        #expect(handover.judge(packets[0], isVolatile: false) == .deliver)
        #expect(handover.judge(packets[0], isVolatile: false) == .drop)
    }

    @Test func `broadcasts during the move are held, and are sent once and in order`() {
        var handover = BroadcastHandover()
        #expect(handover.judge(packets[0], isVolatile: false) == .deliver)
        handover.hold()
        #expect(handover.judge(packets[2], isVolatile: false) == .hold)
        #expect(handover.judge(packets[0], isVolatile: false) == .drop)
        #expect(handover.judge(packets[1], isVolatile: true) == .hold)
        #expect(handover.judge(packets[2], isVolatile: false) == .drop)
        #expect(handover.release().map(\.packet.number) == [packets[1].number, packets[2].number])
    }
}
