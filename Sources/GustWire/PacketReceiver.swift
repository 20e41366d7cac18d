/// Takes the packets of one connection in the order in which a codec decodes them.
package protocol PacketReceiver: AnyObject {
    /// Takes a packet.
    func receive(_ packet: consuming Packet)

    /// Takes an event of the namespace `/` without attachments, as nearly all packets are: it never becomes a ``Packet``.
    ///
    /// - Parameters:
    ///   - name: The bytes of the event's name, valid UTF-8 without escapes; to be used during the call only.
    ///   - id: The id of the acknowledgement that the client requests.
    ///   - arguments: The arguments, a slice of the buffer that was read.
    func receive(event name: UnsafeRawBufferPointer, id: Int?, arguments: consuming Arguments)
}
