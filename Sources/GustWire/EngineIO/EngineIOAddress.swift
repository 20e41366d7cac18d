/// The URL grammar of Engine.IO: all parameters are in the query.
///
/// Source: engine.io 6.6, `lib/server.ts` (`verify`). A path below the resource doesn't matter to the reference; here one that is a legacy client's
/// is left to that client's generation.
enum EngineIOAddress {
    /// Whether the query has `EIO`, or a `transport`, which every revision of Engine.IO has.
    static func isMine(_ parts: borrowing AddressParts) -> Bool {
        parts.speaksEngineIO || parts.path.utf8.isEmpty || parts.path.utf8.elementsEqual("/".utf8)
    }

    static func address(_ parts: borrowing AddressParts, _ revision: Revision) -> Address {
        let jsonpIndex = parts.query.scriptIndex
        return Address(
            revision: revision,
            transport: parts.query.transport.flatMap(revision.transport(named:)),
            sid: parts.query.sid?.isEmpty == true ? nil : parts.query.sid,
            wantsBase64: parts.query.base64 == true || jsonpIndex != nil,
            jsonpIndex: jsonpIndex,
            stamp: parts.query.stamp
        )
    }
}
