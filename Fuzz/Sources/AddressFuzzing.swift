import GustHTTP

@testable import GustWire

/// Fuzzes the request targets of Socket.IO clients: at most one generation accepts a request.
enum AddressFuzzing {
    static func run(_ input: Input) {
        guard let text = input.text, let target = RequestTarget(text) else { return }
        let query = target.query
        let parts = AddressParts(path: target.path) { query[$0] }
        let addresses = Revision.all.compactMap { $0.address(parts) }
        require(addresses.count <= 1, "\(text) is of \(addresses.map(\.revision))")
        for address in addresses {
            require(address.sid != "", "\(text) has an empty session")
            require(address.jsonpIndex ?? 0 >= 0, "\(text) calls number \(address.jsonpIndex ?? 0)")
            require(address.transport.map { text.utf8.count >= $0.name.utf8.count } ?? true, "\(text)")
        }
    }
}
