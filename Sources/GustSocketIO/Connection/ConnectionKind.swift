import GustWire

/// What the connections of one revision that begin over one kind of transport have in common, made once for each loop.
///
/// A connection keeps its kind when it upgrades or moves to another loop.
final class ConnectionKind: Sendable {
    let revision: Revision
    /// The index of the revision, by which a broadcast finds its encoding for a connection.
    let revisionIndex: Int
    /// The codec that encodes packets.
    ///
    /// Another codec than the decoder of a connection, because handlers send packets while a frame is being decoded.
    let encoder: any Codec
    /// Whether plain packets are written directly into the buffer of the transport, without ``encoder``.
    let writesPlainPackets: Bool
    /// Whether the client's sockets can be recovered.
    let recovers: Bool
    let timing: ConnectionStateMachine.SharedTiming

    init(_ revision: Revision, over transport: TransportKind, of io: SocketIO) {
        self.revision = revision
        revisionIndex = Revision.all.firstIndex(of: revision) ?? .max
        encoder = revision.makeCodec(io.layer, io.settings.payloadLimits)
        writesPlainPackets = encoder.writesPlainPackets
        recovers = io.settings.recovery != nil && revision.rules.hasRecovery && io.layer == .socketIO
        timing = ConnectionStateMachine.SharedTiming(io.settings.timing(of: revision, over: transport))
    }
}
