package import NIOCore

/// Copies of what was received, for whoever keeps it longer than the call that brought it.
///
/// What is received is a slice of a whole read, of up to 64 KiB: a slice that is kept keeps the read.
extension ByteBuffer {
    /// The same bytes in storage of about their length; the buffer itself if its storage is no longer than that.
    package var detached: ByteBuffer {
        // A buffer's capacity is a power of two.
        guard storageCapacity > max(64, readableBytes &* 2) else { return self }
        return ByteBuffer(bytes: readableBytesView)
    }
}

extension JSONSlice {
    /// A copy of the value in memory of its own, to be kept after the handler has returned.
    ///
    /// The value that a handler receives is a slice of the buffer that was read, which can have 64 KiB.
    public var detached: JSONSlice { mapBuffers(\.detached) }
}

extension Arguments {
    /// A copy of the arguments in memory of its own, to be kept after the handler has returned.
    ///
    /// The arguments that a handler receives are a slice of the buffer that was read, which can have 64 KiB.
    public var detached: Arguments {
        hasAttachments
            ? Arguments(trusted: text.detached, attachments: attachments.map(\.detached))
            : Arguments(trusted: text.detached)
    }
}

extension Message {
    /// A copy of the message in memory of its own, to be kept after the handler has returned.
    ///
    /// The message that a handler receives is a slice of the buffer that was read, which can have 64 KiB.
    package var detached: Message {
        switch self {
        case .text: self
        case .json(let json): .json(json.detached)
        case .binary(let bytes): .binary(bytes.detached)
        }
    }
}

extension Frame {
    /// The same frame in storage of its own.
    package var detached: Frame {
        switch self {
        case .text(let bytes): .text(bytes.detached)
        case .binary(let bytes): .binary(bytes.detached)
        }
    }
}

extension Packet {
    /// The same packet in storage of its own.
    package var detached: Packet {
        switch self {
        case .event(let namespace, let id, let name, let arguments):
            .event(namespace: namespace, id: id, name: name, arguments: arguments.detached)
        case .acknowledgement(let namespace, let id, let arguments):
            .acknowledgement(namespace: namespace, id: id, arguments: arguments.detached)
        case .message(let namespace, let id, let message):
            .message(namespace: namespace, id: id, message.detached)
        case .connect(let namespace, let query, let payload):
            .connect(namespace: namespace, query: query, payload: payload?.detached)
        case .connectError(let namespace, let payload):
            .connectError(namespace: namespace, payload: payload.detached)
        default: self
        }
    }
}
