/// The URL grammar of 0.7 to 0.9: `/1/` shakes hands, `/1/<transport>/<sid>` carries.
///
/// Source: socket.io 0.9.19, `lib/manager.js` (`checkRequest`).
enum SocketIO09Address {
    static func address(_ parts: borrowing AddressParts) -> Address? {
        // Requests of Engine.IO are recognised by their query; their path below the resource is ignored.
        guard !parts.speaksEngineIO else { return nil }
        // The path begins with a slash and a version, and may end with a slash.
        guard let digit = parts.path.utf8.dropFirst().first, isDigit(digit) else { return nil }
        var segments = parts.segments
        guard segments.removeFirst().isEmpty else { return nil }
        if segments.last?.isEmpty == true { segments.removeLast() }
        guard let version = segments.first, version.utf8.allSatisfy(isDigit) else { return nil }
        guard version == "1" else { return address(nil, nil, parts, .unsupported) }
        switch segments.count {
        case 1:
            return address(nil, nil, parts, .handshake)
        case 2 where segments[1].isEmpty:
            return nil
        case 2:
            // Clients up to 0.9.0 disconnect by a path that has the sid only.
            return Revision.socketIO09.transport(named: segments[1]).map { address($0, nil, parts, .transport) }
                ?? address(nil, segments[1], parts, .disconnect)
        case 3:
            let isGoodbye = parts.query.disconnects
            return address(
                Revision.socketIO09.transport(named: segments[1]),
                segments[2].isEmpty ? nil : segments[2],
                parts,
                isGoodbye ? .disconnect : .transport
            )
        default:
            return nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func address(
        _ transport: TransportDescriptor?,
        _ sid: String?,
        _ parts: borrowing AddressParts,
        _ purpose: Address.Purpose
    ) -> Address {
        let index = purpose == .transport ? parts.query.pollIndex : parts.query.handshakeIndex
        // In a handshake, an index that isn't a number is ignored; in a script poll, it is 0.
        let isNumber = index?.isEmpty == false && index?.utf8.allSatisfy(isDigit) == true
        let isScript = purpose == .transport ? transport?.isAlwaysScript ?? false : isNumber
        return Address(
            revision: .socketIO09,
            transport: transport,
            sid: sid,
            jsonpIndex: isScript ? Address.jsonpIndex(index ?? "") : nil,
            purpose: purpose
        )
    }
}
