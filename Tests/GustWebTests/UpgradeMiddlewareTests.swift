import GustFiles
import GustHTTP
import GustWeb
import HTTPTypes
import NIOCore
import Testing

/// Middleware doesn't change the response that opens a WebSocket.
@Suite struct UpgradeMiddlewareTests {
    private static let middlewares: [(name: String, middleware: any Middleware)] = [
        ("SecureHeaders", SecureHeaders()), ("RequestID", RequestID()), ("Compress", Compress(minimumLength: 0)),
    ]

    @Test(arguments: middlewares.map(\.name))
    func `no fields are added to an upgrade`(name: String) async throws {
        guard let middleware = Self.middlewares.first(where: { $0.name == name })?.middleware else { return }
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        let page = ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) }
        let exchange = Exchange()
        let answer = try await exchange.answer(exchange.request("/"), from: middleware.wrapping(page))
        #expect(answer.status == .switchingProtocols)
        #expect(answer.headers == [:])
    }
}
