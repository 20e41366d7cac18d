import GustHTTP
import Testing

@testable import GustFraming

/// The client's side of the negotiation of permessage-deflate (RFC 7692 §7.1).
@Suite struct DeflateOfferTests {
    private static func settings(_ server: Int, _ client: Int, _ contexts: Bool) -> WebSocketDeflate {
        var settings = WebSocketDeflate()
        (settings.windowBits, settings.clientWindowBits) = (server, client)
        (settings.keepsContext, settings.keepsClientContext) = (contexts, contexts)
        return settings
    }

    @Test(arguments: [
        (
            settings(15, 15, false),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits"
        ),
        (settings(15, 15, true), "permessage-deflate; client_max_window_bits"),
        (settings(10, 11, true), "permessage-deflate; server_max_window_bits=10; client_max_window_bits=11"),
        (settings(1, 99, true), "permessage-deflate; server_max_window_bits=9; client_max_window_bits"),
    ])
    func `an offer has what the settings say`(settings: WebSocketDeflate, offer: String) {
        #expect(PermessageDeflate.offer(settings) == offer)
    }

    @Test(arguments: [9, 12, 15], [true, false])
    func `a client accepts what a server with any settings answers`(bits: Int, keeps: Bool) throws {
        for offered in [9, 12, 15] {
            for keepsOffered in [true, false] {
                let offer = Self.settings(offered, offered, keepsOffered)
                let server = try #require(
                    PermessageDeflate(offers: PermessageDeflate.offer(offer), Self.settings(bits, bits, keeps))
                )
                let client = try PermessageDeflate(response: server.response, to: offer)
                #expect(client.keepsPeerContext == server.keepsOwnContext)
                #expect(!client.keepsOwnContext || server.keepsPeerContext)
                #expect(client.peerWindowBits ?? 15 == server.ownWindowBits)
                #expect(client.ownWindowBits <= server.peerWindowBits ?? 15)
            }
        }
    }

    @Test func `the response decides about contexts and windows`() throws {
        let settings = Self.settings(15, 15, true)
        let all = try PermessageDeflate(
            response: "permessage-deflate;server_no_context_takeover; client_no_context_takeover;"
                + " server_max_window_bits=8; client_max_window_bits=\"10\"",
            to: settings
        )
        #expect(!all.keepsOwnContext && !all.keepsPeerContext)
        #expect(all.ownWindowBits == 10)
        #expect(all.peerWindowBits == 8)
        let none = try PermessageDeflate(response: " Permessage-Deflate ", to: settings)
        #expect(none.keepsOwnContext && none.keepsPeerContext)
        #expect(none.ownWindowBits == 15)
        #expect(none.peerWindowBits == nil)
    }

    @Test func `without a limit in the response the client's window is that of its offer`() throws {
        let settings = Self.settings(15, 11, true)
        #expect(try PermessageDeflate(response: "permessage-deflate", to: settings).ownWindowBits == 11)
    }

    @Test func `a client that declines its own context keeps none, whatever the response says`() throws {
        var settings = Self.settings(15, 15, true)
        settings.keepsClientContext = false
        #expect(try !PermessageDeflate(response: "permessage-deflate", to: settings).keepsOwnContext)
    }

    @Test(arguments: [
        "", ",", "x-webkit-deflate-frame", "permessage-deflate, permessage-deflate", "permessage-deflate, x",
        "permessage-deflate; unknown", "permessage-deflate;", "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; client_max_window_bits", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; client_max_window_bits=7", "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=09", "permessage-deflate; server_max_window_bits=x",
        "permessage-deflate; client_max_window_bits=9; client_max_window_bits=9",
        "permessage-deflate; Server_No_Context_Takeover", "permessage-deflate\u{301}",
    ])
    func `a response that isn't valid for any offer fails the handshake`(response: String) {
        #expect { try PermessageDeflate(response: response, to: Self.settings(15, 15, true)) } throws: { error in
            (error as? WebSocketFailure)?.code == .protocolError
        }
    }

    @Test(arguments: [
        // The server's context was declined, and its window was limited.
        "permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=11",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits=12",
    ])
    func `a response that doesn't do what the offer requires fails the handshake`(response: String) throws {
        let settings = Self.settings(10, 11, false)
        #expect { try PermessageDeflate(response: response, to: settings) } throws: { error in
            (error as? WebSocketFailure)?.code == .protocolError
        }
        let accepted = "permessage-deflate; server_no_context_takeover; server_max_window_bits=10"
        #expect(try PermessageDeflate(response: accepted, to: settings).peerWindowBits == 10)
    }
}
