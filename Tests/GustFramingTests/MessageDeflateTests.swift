import GustHTTP
import NIOCore
import Testing

@testable import GustFraming

/// The compression of one WebSocket at either end, and the memory of its contexts.
@Suite struct MessageDeflateTests {
    /// Settings with context takeover in both directions.
    private var settings: WebSocketDeflate {
        var settings = WebSocketDeflate()
        settings.keepsContext = true
        settings.keepsClientContext = true
        return settings
    }

    /// Text without repetitions, longer than the threshold.
    private let noise = (0..<400).map { "\($0 * 7_919 % 10_007) " }.joined()

    /// Both ends after a handshake.
    private func ends(_ settings: WebSocketDeflate) throws -> (server: MessageDeflate, client: MessageDeflate) {
        let accepted = try #require(PermessageDeflate(offers: PermessageDeflate.offer(settings), settings))
        let server = MessageDeflate(accepted, MessageCompression())
        let response = try PermessageDeflate(response: server.negotiated.response, to: settings)
        return (server, MessageDeflate(response, MessageCompression()))
    }

    private func windows(_ own: Int, _ peer: Int, keepsContexts: Bool) -> WebSocketDeflate {
        var settings = WebSocketDeflate()
        (settings.clientWindowBits, settings.windowBits) = (own, peer)
        (settings.keepsContext, settings.keepsClientContext) = (keepsContexts, keepsContexts)
        return settings
    }

    @Test(arguments: [(15, 15), (9, 12), (12, 9)], [true, false])
    func `each end decompresses what the other has compressed`(bits: (own: Int, peer: Int), keeps: Bool) throws {
        let (server, client) = try ends(windows(bits.own, bits.peer, keepsContexts: keeps))
        for (from, to) in [(client, server), (server, client)] {
            var sizes: [Int] = []
            for _ in 0..<2 {
                let compressed = try #require(from.deflate(ByteBuffer(string: noise)))
                sizes.append(compressed.readableBytes)
                #expect(try to.inflate(compressed, limit: 10_000) == ByteBuffer(string: noise))
            }
            // The second message refers to the first one if both windows are large enough for it.
            if keeps, bits == (15, 15) { #expect(sizes[1] < 50) }
            if !keeps { #expect(sizes[0] == sizes[1]) }
        }
    }

    @Test func `a client compresses nothing if the server requires a window of 8 bits`() throws {
        let response = "permessage-deflate; server_no_context_takeover; client_max_window_bits=8"
        let negotiated = try PermessageDeflate(response: response, to: WebSocketDeflate())
        #expect(negotiated.ownWindowBits == 8)
        #expect(MessageDeflate(negotiated, MessageCompression()).deflate(ByteBuffer(string: noise)) == nil)
    }

    @Test func `a client keeps the server's context even if no memory is left`() throws {
        var settings = settings
        settings.maximumContextBytes = 0
        let response = try PermessageDeflate(response: "permessage-deflate", to: settings)
        let client = MessageDeflate(response, MessageCompression())
        #expect(client.negotiated.keepsPeerContext)
        #expect(!client.negotiated.keepsOwnContext)
    }

    // MARK: Memory

    @Test func `a WebSocket for which no memory is left has no context`() throws {
        let shared = MessageCompression()
        var settings = settings
        settings.maximumContextBytes = 610_000
        let offer = try #require(PermessageDeflate(offers: "permessage-deflate", settings))
        var first: MessageDeflate? = MessageDeflate(offer, shared)
        let second = MessageDeflate(offer, shared)
        #expect(first?.negotiated.response == "permessage-deflate")
        #expect(shared.contexts.current == 2 * (262_144 + 39_936))
        #expect(second.negotiated.response == "permessage-deflate")
        let third = MessageDeflate(offer, shared)
        #expect(
            third.negotiated.response == "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        )
        first = nil
        #expect(shared.contexts.current == 262_144 + 39_936)
        #expect(MessageDeflate(offer, shared).negotiated.response == "permessage-deflate")
        _ = second
    }

    @Test func `the memory of a WebSocket that has ended is free again`() throws {
        let shared = MessageCompression()
        let offer = try #require(PermessageDeflate(offers: "permessage-deflate", settings))
        do { _ = MessageDeflate(offer, shared).deflate(ByteBuffer(string: noise)) }
        #expect(shared.contexts.current == 0)
    }
}
