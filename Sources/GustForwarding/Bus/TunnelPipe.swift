import GustHTTP
import NIOCore

/// Passes bytes between a tunnel and the connection to the listener of this node; used on their loop.
///
/// What one side can't take yet isn't read from the other; the end of either side is the end of both.
struct TunnelPipe {
    let tunnelSide: any ByteReceiver
    let localSide: any ByteReceiver

    init(_ tunnel: any ByteConnection, _ local: any ByteConnection) {
        tunnelSide = Side(from: tunnel, to: local)
        localSide = Side(from: local, to: tunnel)
    }

    private final class Side: ByteReceiver {
        private let source: any ByteConnection
        private let target: any ByteConnection

        init(from source: any ByteConnection, to target: any ByteConnection) {
            self.source = source
            self.target = target
        }

        func receive(_ bytes: ByteBuffer) {
            target.write(bytes)
            if !target.isWritable { source.pauseReading() }
        }

        func writabilityChanged(isWritable: Bool) {
            if isWritable { target.resumeReading() } else { target.pauseReading() }
        }

        func closed() { target.finish() }
    }
}
