import GustWire

/// Writes the packets that need no ``Packet``: events and acknowledgements of `/` that can be sent at once, as nearly all can.
extension Connection {
    /// Writes an event of `/` to the transport, if it can be sent at once and has the form that is written in one step.
    ///
    /// - Returns: false, and nothing is sent, for any other event; the caller makes a packet of it.
    func write(event name: String, _ arguments: Arguments) -> Bool {
        let transport = transport
        guard writesPlainPackets(to: transport), let length = PlainPacket.length(event: name, arguments) else {
            return false
        }
        countWritten(length)
        transport.write(textOf: length) { PlainPacket.write(event: name, arguments, to: $0) }
        return true
    }

    /// Writes an acknowledgement of `/`, as ``write(event:_:)``.
    func write(acknowledgement id: Int, _ arguments: Arguments) -> Bool {
        let transport = transport
        guard writesPlainPackets(to: transport),
            let length = PlainPacket.length(acknowledgement: id, arguments)
        else { return false }
        countWritten(length)
        transport.write(textOf: length) { PlainPacket.write(acknowledgement: id, arguments, to: $0) }
        return true
    }

    private func writesPlainPackets(to transport: any Transport) -> Bool {
        obstacles.isEmpty && writesPlainPackets && transport.isWritable
    }

    private func countWritten(_ byteCount: Int) {
        counters.packetsOut.add()
        counters.bytesOut.add(byteCount)
    }
}
