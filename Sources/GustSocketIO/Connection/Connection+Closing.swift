import GustWire

/// How the end of a connection is told to its client.
extension Connection {
    /// Ends a transport of this connection, and tells the client whether it should come again.
    func close(_ transport: any Transport, for reason: CloseReason) {
        if refusesPolls(for: reason) {
            transport.refuse(revision.refusal(.unknownSession))
        } else {
            transport.close(saying: closePacket(for: reason))
        }
    }

    /// The close packet of this revision and transport; nil if they have none, or if the next poll is refused instead.
    ///
    /// Clients of a revision that announces each close don't reconnect after a close packet. If such a client is expected to reconnect,
    /// it receives the refusal of an unknown sid instead.
    func closePacket(for reason: CloseReason) -> Frame? {
        if revision.announcesClose, reason.invitesAnotherConnection {
            return .text(revision.refusal(.unknownSession).body)
        }
        guard !refusesPolls(for: reason) else { return nil }
        return transport.kind == .polling || revision.announcesClose ? encode(.close).first : nil
    }

    /// Whether the pending or next poll is answered like that of an unknown session, and not with a close packet.
    ///
    /// The client of python-engineio 4 takes a close packet for the wish of the server's code, and doesn't reconnect; every client
    /// reconnects after a refusal. A client that broke a rule gets the close packet, which the protocol suite of Engine.IO expects.
    private func refusesPolls(for reason: CloseReason) -> Bool {
        transport.kind == .polling && !revision.announcesClose && reason.invitesAnotherConnection
            && !reason.isMistakeOfClient
    }

    /// The packet that answers a pending poll without content, because the client has left or upgrades; nil for other transports.
    var releasingFrame: Frame? { transport.kind == .polling ? encode(.noop).first : nil }
}
