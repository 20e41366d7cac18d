import NIOCore

/// The calls that wait until everything that their socket has sent was handed to the operating system.
extension ClientConnection {
    /// Resumes the waiter when everything was handed to the operating system; with retries, when it was acknowledged.
    func whenFlushed(_ socket: ClientSocket, _ waiter: Waiter) {
        link?.flush()
        flushWaiters.append((socket, waiter))
        resumeFlushed()
    }

    /// Resumes the calls whose sockets have nothing left to send, or don't want to be connected any more.
    func resumeFlushed() {
        guard !flushWaiters.isEmpty else { return }
        let waiting = flushWaiters
        flushWaiters = []
        for (socket, waiter) in waiting {
            if socket.phase == .idle {
                waiter.resume(.failure(ClientError.disconnected))
            } else if isFlushed(socket) {
                waiter.resume(.success(()))
            } else {
                flushWaiters.append((socket, waiter))
            }
        }
    }

    /// Ends all of these calls with an error.
    func endFlushes(_ error: ClientError) {
        let waiting = flushWaiters
        flushWaiters = []
        for (_, waiter) in waiting { waiter.resume(.failure(error)) }
    }

    private func isFlushed(_ socket: ClientSocket) -> Bool {
        socket.phase == .joined && socket.waiting.isEmpty && socket.retried.count == 0 && bufferedBytes == 0
    }
}
