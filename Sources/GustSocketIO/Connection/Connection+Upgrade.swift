import GustHTTP
import NIOCore

/// Changing the transport while traffic flows, and the loop with it.
extension Connection {
    /// A WebSocket wants to take over; it stays a candidate until its client has probed it.
    func attach(_ carrier: ConnectionWebSocket) {
        guard machine.canUpgrade else {
            io.outcomes?.add(.upgraded(.refused))
            return carrier.refuseCandidate()
        }
        candidate = carrier
        // From here on it is remembered what was delivered: a broadcast may come again on the other loop.
        if carrier.shard !== shard { handover = BroadcastHandover() }
        apply(.candidateAttached)
    }

    /// The candidate received a packet of the upgrade, or failed.
    func candidate(_ carrier: ConnectionWebSocket, _ event: ConnectionStateMachine.Event) {
        guard candidate === carrier else { return carrier.refuseCandidate() }
        if handover?.seenCount ?? 0 > BroadcastHandover.maximumSeen {
            // Too much was broadcast while the client made up its mind: it stays where it is.
            candidate = nil
            handover = nil
            io.outcomes?.add(.upgraded(.refused))
            carrier.refuseCandidate()
            return apply(.candidateFailed)
        }
        if event == .candidateFailed {
            io.outcomes?.add(.upgraded(.failed))
            candidate = nil
            handover = nil
        }
        apply(event)
    }

    /// Makes the candidate the transport: the pending poll is released, what waits goes out on the WebSocket.
    ///
    /// If the WebSocket lives on another loop, the connection moves there first (``ConnectionHome``): everything of the old
    /// loop is let go of before.
    func adoptCandidate() {
        guard let carrier = candidate else { return }
        candidate = nil
        io.outcomes?.add(.upgraded(.completed))
        let old = transport
        let release = releasingFrame
        transport = carrier
        old.close(saying: release)
        let source = shard
        let destination = carrier.shard
        guard source !== destination else {
            carrier.adopted(by: self)
            return flush()
        }
        disarmTimer()
        handover?.hold()
        let sockets = sockets
        let rooms = sockets.map { socket in socket.detachFromLoop() }
        home.move(to: destination) {
            self.countHere()
            for (socket, rooms) in zip(sockets, rooms) { socket.attachToLoop(rooms) }
            self.apply(.drained)
            carrier.adopted(by: self)
            self.flush()
            // Behind this post the old loop has nothing more to forward, and behind its answer nothing is on its way.
            source.inbox.append {
                for socket in sockets { socket.namespace.local.forgetDeparted(socket, on: source) }
                destination.inbox.append {
                    self.endHandover()
                    self.flush()
                }
            }
        }
    }
}
