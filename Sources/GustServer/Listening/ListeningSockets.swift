import NIOCore
import Synchronization

/// The sockets of a server while it listens.
final class ListeningSockets: Sendable {
    private struct State {
        var sockets: [(name: String, socket: ListeningSocket)] = []
        var channels: [any Channel] = []
        var keepsFiles = false
    }

    private let state = Mutex(State())

    /// Sets the sockets of the server, which has begun to listen.
    func begin(_ sockets: [(name: String, socket: ListeningSocket)], _ channels: [any Channel]) {
        state.withLock { state in
            state.sockets = sockets
            state.channels = channels
        }
    }

    /// The channels of the listeners; empty unless the server listens.
    var channels: [any Channel] { state.withLock { $0.channels } }

    /// Leaves the files of Unix sockets in place at ``end()``.
    func keepFiles() { state.withLock { $0.keepsFiles = true } }

    /// Copies of all descriptors, which other programs don't inherit.
    func copies() throws(SocketFailure) -> [(name: String, descriptor: CInt)] {
        // The lock is held, so that no descriptor is closed, and used for another file, meanwhile.
        let result = state.withLock { state -> Result<[(name: String, descriptor: CInt)], SocketFailure> in
            var copies: [(name: String, descriptor: CInt)] = []
            do throws(SocketFailure) {
                for (name, socket) in state.sockets {
                    copies.append((name, try SocketDescriptor.duplicate(socket.descriptor)))
                }
                return .success(copies)
            } catch {
                for copy in copies { SocketDescriptor.close(copy.descriptor) }
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Forgets the sockets, which are closed next, and removes their files.
    func end() {
        state.withLock { state in
            if !state.keepsFiles { for socket in state.sockets { socket.socket.file?.remove() } }
            state.sockets = []
            state.channels = []
        }
    }
}
