import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

@testable import GustFraming
@testable import GustServer

/// Fuzzes the opening handshakes of all WebSocket drafts, and Flash policy requests: an input is the head of a request.
enum HandshakeFuzzing {
    private static let executor = LoopExecutor(EmbeddedEventLoop())

    static func run(_ input: Input) {
        let match = FlashPolicyRequest.match(input.buffer)
        require(match != .whole || input.bytes.count <= 23, "a Flash policy request is too long")
        if let text = input.text { checkOffers(text) }
        checkFlash(input)
        var buffer = input.buffer
        var parser = HTTPRequestParser(limits: HTTPLimits())
        let origin = RequestOrigin(storage: RequestStorage(), executor: executor)
        guard let request = try? parser.parse(&buffer, from: origin)?.request else { return }
        for subprotocol in [nil, "a"] {
            var upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
            upgrade.subprotocol = subprotocol
            upgrade.deflate = WebSocketDeflate()
            let dialects = Set(WebSocketDialect.allCases)
            let outcome = WebSocketHandshake.accept(
                request,
                upgrade,
                dialects: dialects,
                compression: MessageCompression()
            )
            guard case .success(let acceptance) = outcome else { continue }
            check(acceptance, input)
        }
    }

    private static func check(_ acceptance: WebSocketHandshake.Acceptance, _ input: Input) {
        for (name, value) in acceptance.fields {
            require(value.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 }, "\(name) has a control character: \(value)")
            require(value.utf8.count <= 128 + 3 * input.bytes.count, "\(name) has \(value.utf8.count) bytes")
        }
        guard let challenge = acceptance.challenge else { return }
        // nil only if libcrypto has no MD5.
        guard let proof = challenge.answer(to: ByteBuffer(string: "12345678")) else { return }
        require(proof.readableBytes == 16, "a proof of \(proof.readableBytes) bytes")
    }

    /// A Flash policy request is recognised wherever it is split, and no more bytes than it has are awaited.
    private static func checkFlash(_ input: Input) {
        for count in 0..<min(input.bytes.count, 24) {
            let match = FlashPolicyRequest.match(ByteBuffer(bytes: input.bytes.prefix(count)))
            require(match != .begun || count < 22, "\(count) bytes are an incomplete request")
            require(match != .whole || count >= 22, "\(count) bytes are a complete request")
        }
    }

    private static func checkOffers(_ text: String) {
        if let deflate = PermessageDeflate(offers: text) {
            require((9...15).contains(deflate.ownWindowBits), "a window of \(deflate.ownWindowBits) bits")
        }
        // A client reads the same field in a response.
        var settings = WebSocketDeflate()
        settings.clientWindowBits = 12
        if let deflate = try? PermessageDeflate(response: text, to: settings) {
            require((8...12).contains(deflate.ownWindowBits), "a window of \(deflate.ownWindowBits) bits")
            require(!deflate.keepsPeerContext, "a context that the client has declined")
        }
        _ = Hixie76Challenge.number(in: text)
    }
}
