import GustClientWire
import GustWire
import NIOCore

/// Fuzzes what a client reads first: whatever a server sends, the values of a greeting are in range.
///
/// An input begins with a digit: the revision, the newest first (0 is 4, 2 is the handshake of 0.9 over HTTP, 3 is 0.6).
enum GreetingFuzzing {
    static func run(_ input: Input) {
        var input = input
        let revision = Revision.all[input.takeVariant() & 3]
        do throws(WireError) {
            let greeting =
                ClientGrammar.of(revision).greeting == .request
                ? try ServerGreeting.read(handshakeReply: input.buffer)
                : try ServerGreeting.read(.text(input.buffer), of: revision)
            check(greeting, input)
        } catch {
            require(error.offset >= 0 && error.offset <= input.bytes.count, "\(error)")
        }
    }

    private static func check(_ greeting: ServerGreeting, _ input: Input) {
        require((1...256).contains(greeting.sid.utf8.count), "a sid of \(greeting.sid.utf8.count) bytes")
        require(greeting.sid.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "the sid \(greeting.sid)")
        for revision in Revision.all {
            let target = ClientGrammar.of(revision).get("/socket.io", .polling, greeting.sid)
            require(target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "the target \(target)")
        }
        require(greeting.rest?.readableBytes ?? 0 < input.bytes.count, "a rest that is longer than the greeting")
        guard let handshake = greeting.handshake else { return }
        let day = Duration.seconds(86_400)
        require(handshake.pingInterval >= .zero && handshake.pingInterval <= day, "\(handshake.pingInterval)")
        require(handshake.pingTimeout > .zero && handshake.pingTimeout <= day, "\(handshake.pingTimeout)")
        require(handshake.closeTimeout > .zero && handshake.closeTimeout <= day, "\(handshake.closeTimeout)")
        require(handshake.maximumPayload > 0, "payloads of \(handshake.maximumPayload) bytes")
        require(handshake.upgrades.count <= 16 && handshake.transports.count <= 16, "too many transports")
    }
}
