import GustAdapter
import GustWire
import NIOCore

/// Receiving broadcasts that must be acknowledged.
extension Socket {
    /// Sends the packet of a broadcast and calls `completion` once, on the loop, with the acknowledgement or the reason for its
    /// absence.
    ///
    /// Called on the loop.
    func deliver(
        _ shared: SharedPacket,
        id: Int,
        timeout: TimeAmount,
        _ completion: @escaping PendingAcknowledgements.Completion
    ) {
        guard isConnected else { return completion(.failure(.disconnected)) }
        guard connection.revision.hasEvents else { return completion(.failure(.notSupported)) }
        guard connection.owedAcknowledgements < connection.io.settings.maximumAcknowledgements else {
            return completion(.failure(.tooManyAcknowledgements))
        }
        acknowledgements.add(id: id, of: shared.packet.eventName, timeout: timeout, of: self, completion)
        deliver(shared, isVolatile: false)
    }
}
