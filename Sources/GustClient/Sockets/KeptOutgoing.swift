import GustWire
import NIOCore

/// Something that waits for its socket to be connected; what must be acknowledged waits only as long as its call allows.
struct KeptOutgoing {
    let outgoing: Outgoing
    /// Tells it from others.
    let number = Subscription()
    /// When the call that waits for the acknowledgement ends; nil if there is none.
    let deadline: NIODeadline?
    var timer: Scheduled<Void>?

    init(_ outgoing: Outgoing, _ now: NIODeadline, _ timeout: Duration) {
        self.outgoing = outgoing
        if case .event(_, _, _, let own, .some) = outgoing {
            deadline = now + TimeAmount(own ?? timeout)
        } else {
            deadline = nil
        }
    }

    /// The same, with the time that is left.
    func limited(at now: NIODeadline) -> Outgoing {
        guard let deadline, case .event(let name, let arguments, let isVolatile, _, let completion) = outgoing else {
            return outgoing
        }
        let rest = Duration.nanoseconds(max(0, (deadline - now).nanoseconds))
        return .event(name: name, arguments, isVolatile: isVolatile, timeout: rest, completion)
    }
}
