import NIOCore

/// Finds the sockets of channels.
///
/// A cast that finds out whether a channel has a socket costs 13,000 instructions, a tenth of what SwiftNIO needs for a connection. All
/// channels of a listener have one type, so the cast is made for the type, and the result is kept. Used on one loop only.
final class ChannelSockets {
    private var type: ObjectIdentifier?
    private var source: (any SocketSource.Type)?

    /// The socket of `channel`; nil if the channel has none, as the channels of tests.
    func socket(of channel: any Channel) -> ChannelSocket? {
        let type = ObjectIdentifier(Swift.type(of: channel))
        if type != self.type {
            self.type = type
            source = Self.source(for: channel)
        }
        return source?.socket(of: channel)
    }

    private static func source<Core: Channel>(for channel: Core) -> (any SocketSource.Type)? {
        ChannelsWithSockets<Core>.self as? any SocketSource.Type
    }
}

/// Finds the sockets of channels of one type.
private protocol SocketSource {
    static func socket(of channel: any Channel) -> ChannelSocket?
}

/// The channels of the type `Core`, which are a ``SocketSource`` if they have sockets.
private enum ChannelsWithSockets<Core> {}

extension ChannelsWithSockets: SocketSource
where Core: NIOTransportAccessibleChannelCore, Core.Transport == NIOBSDSocket.Handle {
    static func socket(of channel: any Channel) -> ChannelSocket? { (channel as? Core).map { ChannelSocket($0) } }
}
