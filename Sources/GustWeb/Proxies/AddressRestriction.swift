public import GustHTTP
import HTTPTypes
import NIOCore

/// Admits the clients of some IP addresses only, and answers others with 403.
///
/// ```swift
/// app.group("/admin", through: try AddressRestriction(allowing: ["10.0.0.0/8", "::1", "unix"])) { … }
/// app.use(try AddressRestriction(denying: ["192.0.2.0/24"]))
/// ```
///
/// The address is that of the connection, as a number and not as text, or the one that ``TrustedProxies`` has taken from a proxy: add this
/// middleware inside of ``TrustedProxies``. An IPv4-mapped IPv6 address is the IPv4 address. A client whose address a proxy has hidden or
/// written in an invalid form is refused, because no list can tell anything about it. A WebSocket is checked when it is opened.
public struct AddressRestriction: Middleware {
    /// Addresses, and whether Unix sockets are among them.
    private struct List: Sendable {
        var ranges: [AddressRange] = []
        var hasUnixSockets = false

        init(_ texts: [String]) throws(AddressRangeError) {
            for text in texts {
                if text.hasSameBytes(as: "unix") {
                    hasUnixSockets = true
                } else {
                    ranges.append(try AddressRange(text))
                }
            }
        }

        /// Whether an address is in the list; nil stands for a Unix socket.
        func contains(_ address: AddressNumber?) -> Bool {
            guard let address else { return hasUnixSockets }
            return ranges.contains { $0.contains(address) }
        }
    }

    /// nil if every address is allowed.
    private let allowed: List?
    private let denied: List

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - allowed: the addresses and address ranges that are admitted, such as `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`; `unix` for
    ///     connections through a Unix socket. An empty list admits nobody; nil, the default, admits all that aren't denied.
    ///   - denied: the addresses and address ranges that are refused, even if `allowed` contains them.
    /// - Throws: An error if an element isn't an address, a range or `unix`; other notations of IPv4 addresses (`010.1`, `0x7f000001`)
    ///   are no addresses.
    public init(allowing allowed: [String]? = nil, denying denied: [String] = []) throws {
        self.allowed = if let allowed { try List(allowed) } else { nil }
        self.denied = try List(denied)
    }

    /// Answers with the answer of `next`, or with 403.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard admits(request) else { return .failed(HTTPError(.forbidden, "this address isn't admitted")) }
        return next.answer(request)
    }

    private func admits(_ request: Request) -> Bool {
        let address = request.peer.address
        if address == nil, request.storage[TrustedProxies.UnknownVisitor.self] == true { return false }
        let number = address.flatMap { AddressNumber($0) }
        return !denied.contains(number) && allowed?.contains(number) ?? true
    }
}
