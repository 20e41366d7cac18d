/// The URL grammar of Engine.IO: all parameters are in the query.
///
/// Source: engine.io 6.6, `lib/server.ts` (`verify`). A path below the resource doesn't matter to the reference; here one that is a legacy client's
/// is left to that client's generation.
enum EngineIOAddress {
    /// Whether the query has `EIO`, or a `transport`, which every revision of Engine.IO has.
    static func isMine(_ parts: AddressParts) -> Bool {
        parts.speaksEngineIO || parts.path.utf8.isEmpty || parts.path.utf8.elementsEqual("/".utf8)
    }

    static func address(_ parts: AddressParts, _ revision: Revision) -> Address {
        let sid = parts.query("sid")
        let jsonpIndex = parts.query("j").map { Address.jsonpIndex(digits(of: $0)) }
        let wantsBase64 = parts.query("b64").map { !$0.isEmpty } ?? false
        return Address(
            revision: revision,
            transport: parts.query("transport").flatMap(revision.transport(named:)),
            sid: sid?.isEmpty == true ? nil : sid,
            wantsBase64: wantsBase64 || jsonpIndex != nil,
            jsonpIndex: jsonpIndex,
            stamp: parts.query("t")
        )
    }

    private static func digits(of text: String) -> String {
        String(decoding: text.utf8.filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }, as: UTF8.self)
    }
}
