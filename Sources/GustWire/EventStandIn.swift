import NIOCore

/// How an event is said where there are none: the JSON object `{"name":"…","args":[…]}`, in both directions.
package enum EventStandIn {
    /// The event that a message stands for; nil if it is an ordinary one.
    ///
    /// It needs both members, and a string and an array in them.
    package static func event(in message: Message) -> (name: String, arguments: Arguments)? {
        // An event of 0.9 may do without arguments, one that is stood in for may not.
        guard case .json(let json) = message, JSONMembers.value(of: "args", in: json.bytes) != nil else { return nil }
        do throws(WireError) {
            let event = try SocketIO09Event(json.bytes)
            return (event.name, event.arguments)
        } catch {
            return nil
        }
    }
}
