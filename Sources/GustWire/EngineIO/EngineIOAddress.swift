/// The URL grammar of Engine.IO: everything stands in the query.
///
/// Source: `modern.md` §1. A path below the resource doesn't matter to the reference; here one that is a legacy client's
/// is left to that client's generation.
enum EngineIOAddress {
    /// Whether the request says which revision it speaks, or, by a transport in the query, that it speaks some.
    static func isMine(_ parts: AddressParts) -> Bool {
        parts.query("EIO") != nil || parts.query("transport") != nil || parts.path.isEmpty || parts.path == "/"
    }

    static func address(_ parts: AddressParts, _ revision: Revision) -> Address {
        let sid = parts.query("sid")
        let jsonpIndex = parts.query("j").map { Address.jsonpIndex($0.filter(\.isASCIIDigit)) }
        let wantsBase64 = parts.query("b64").map { !$0.isEmpty } ?? false
        return Address(
            revision: revision,
            transport: parts.query("transport") ?? "",
            sid: sid?.isEmpty == true ? nil : sid,
            wantsBase64: wantsBase64 || jsonpIndex != nil,
            jsonpIndex: jsonpIndex
        )
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
