import NIOCore

@testable import GustClientWire
@testable import GustWire

/// Fuzzes what a server sends first: a greeting that is read has its values in the documented ranges.
///
/// An input begins with a digit: 0 for 1.x and later, 1 for 0.6, 2 for 0.9.
enum GreetingFuzzing {
    static func run(_ input: Input) {
        var input = input
        let variant = input.takeVariant() % 3
        do throws(WireError) {
            switch variant {
            case 1: check(try ServerGreeting.read(.text(input.buffer), of: .socketIO06), input)
            case 2: check(try ServerGreeting.read(handshakeReply: input.buffer), input)
            default: check(try ServerGreeting.read(.text(input.buffer), of: .engineIO4), input)
            }
        } catch {
            require(error.offset >= 0 && error.offset <= input.bytes.count, "\(error)")
        }
    }

    private static func check(_ greeting: ServerGreeting, _ input: Input) {
        let sid = greeting.sid.utf8
        require((1...256).contains(sid.count) && sid.allSatisfy { (0x21...0x7E).contains($0) }, "\(greeting.sid)")
        require((greeting.rest?.readableBytes ?? 0) < input.bytes.count, "more came out than was there")
        guard let handshake = greeting.handshake else { return }
        let day = Duration.seconds(86_400)
        require(handshake.pingInterval >= .zero && handshake.pingInterval <= day, "\(handshake.pingInterval)")
        require(handshake.pingTimeout > .zero && handshake.pingTimeout <= day, "\(handshake.pingTimeout)")
        require(handshake.closeTimeout > .zero && handshake.closeTimeout <= day, "\(handshake.closeTimeout)")
        require(handshake.upgrades.count <= 16 && handshake.transports.count <= 16, "too many transports")
        require(handshake.maximumPayload > 0, "\(handshake.maximumPayload)")
    }
}
