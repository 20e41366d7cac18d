import Testing

@testable import GustClient

/// What servers usually do.
extension World {
    /// The OPEN packet of Engine.IO 4.
    static func open(
        _ sid: String = "session",
        upgrades: String = "",
        interval: Int = 25_000,
        timeout: Int = 20_000
    ) -> String {
        #"0{"sid":"\#(sid)","upgrades":[\#(upgrades)],"pingInterval":\#(interval),"pingTimeout":\#(timeout),"maxPayload":1000000}"#
    }

    /// Accepts the next connection of a client as a WebSocket, and greets.
    func greeted(_ open: String = World.open()) throws -> Peer {
        let peer = try peer()
        try peer.accept()
        peer.message(open)
        return peer
    }

    /// Connects the socket of `/`.
    func connected(
        _ client: SocketClient,
        open: String = World.open(),
        answer: String = #"40{"sid":"id"}"#
    ) async throws -> (socket: ClientSocket, peer: Peer) {
        let socket = client.socket()
        socket.open()
        let peer = try await joined(open, answer)
        #expect(socket.isConnected)
        return (socket, peer)
    }

    /// Lets the next connection of a client into `/`.
    func joined(_ open: String = World.open(), _ answer: String = #"40{"sid":"id"}"#) async throws -> Peer {
        await settle()
        let peer = try greeted(open)
        let received = peer.received()
        try #require(received.count == 1 && received[0].utf8.starts(with: "40".utf8), "\(received)")
        peer.message(answer)
        await settle()
        return peer
    }
}
