import GustHTTP
import GustWeb
import HTTPTypes
import NIOCore
import Testing

/// The answer that opens a WebSocket passes middleware as it is.
@Suite struct UpgradeMiddlewareTests {
    private static let middlewares: [(name: String, middleware: any Middleware)] = [
        ("SecureHeaders", SecureHeaders()), ("RequestID", RequestID()), ("Compress", Compress(minimumLength: 0)),
    ]

    @Test(arguments: middlewares.map(\.name))
    func `an upgrade is told no fields`(name: String) async throws {
        guard let middleware = Self.middlewares.first(where: { $0.name == name })?.middleware else { return }
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        let page = ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) }
        let exchange = Exchange()
        let answer = try await exchange.answer(exchange.request("/"), from: middleware.wrapping(page))
        #expect(answer.status == .switchingProtocols)
        #expect(answer.headers == [:])
    }
}
