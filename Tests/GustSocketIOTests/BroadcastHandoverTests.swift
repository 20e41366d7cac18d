import GustWire
import Testing

@testable import GustSocketIO

/// A connection that moves to another loop must get each broadcast once, in order, whichever loops it came by.
@Suite struct BroadcastHandoverTests {
    private let packets = (0..<4).map { number in
        SharedPacket(.event(namespace: "/", id: nil, name: "\(number)", arguments: Arguments()))
    }

    @Test func `before the move a broadcast is delivered, and dropped when it comes again`() {
        var handover = BroadcastHandover()
        #expect(handover.judge(packets[0], isVolatile: false) == .deliver)
        #expect(handover.judge(packets[0], isVolatile: false) == .drop)
    }

    @Test func `during the move broadcasts wait, and leave once and in the order they were sent`() {
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
