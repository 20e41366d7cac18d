import GustHTTP
import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore

@testable import GustServer

/// The WebSockets of the server, used on its loop.
final class WebSocketStage: Sendable {
    let webSockets = NIOLockedValueBox<[NIOLoopBound<any WebSocketConnection>]>([])

    var all: [any WebSocketConnection] { webSockets.withLockedValue { $0 }.map(\.value) }

    /// Upgrades each request; calls `respond` for each text message, and `closed` when a WebSocket has ended.
    func handler(
        closed: @escaping @Sendable (WebSocketStage) -> Void = { _ in },
        _ respond: @escaping @Sendable (WebSocketStage) -> Void
    ) -> ImmediateHandler {
        ImmediateHandler { _ in
            let upgrade = WebSocketUpgrade { webSocket in
                let bound = NIOLoopBound(webSocket, eventLoop: webSocket.eventLoop)
                self.webSockets.withLockedValue { $0.append(bound) }
                let events = WebSocketEvents()
                events.onText = { _ in respond(self) }
                events.onClose = { _ in closed(self) }
                return events
            }
            return Response(status: .switchingProtocols, body: .upgrade(upgrade))
        }
    }
}
