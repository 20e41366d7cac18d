import NIOCore

/// The four fields of a 0.9 packet: `5:1+:/chat:{"name":"a"}`.
struct SocketIO09Fields {
    /// The type's digit.
    var type: UInt8 = 0
    var id: Int?
    /// Whether the id has a `+`: the application is to answer, with data.
    var wantsData = false
    /// The endpoint without its query; empty for the default one.
    var endpoint = ""
    /// What follows `?` in the endpoint.
    var query: String?
    /// The text after the third colon, including colons and newlines; empty if there is none.
    var data = ByteBuffer()
    /// The offset of the data.
    var dataOffset = 0

    /// Splits a packet.
    ///
    /// - Throws: `empty`; `unknownType` for anything but one digit from 0 to 8; `malformed` for an id that is no number.
    init(_ text: ByteBuffer) throws(WireError) {
        let bytes = text.readableBytesView
        guard let type = bytes.first else { throw WireError(.empty) }
        guard type >= UInt8(ascii: "0"), type <= UInt8(ascii: "8") else { throw WireError(.unknownType) }
        self.type = type
        var index = bytes.startIndex + 1
        // A bare `0` is allowed.
        guard index < bytes.endIndex else { return }
        guard bytes[index] == Self.colon else { throw WireError(.unknownType) }
        index += 1
        try readID(bytes, &index)
        guard index < bytes.endIndex else { return }
        let endpointEnd = bytes[index...].firstIndex(of: Self.colon) ?? bytes.endIndex
        if endpointEnd > index { readEndpoint(String(decoding: bytes[index..<endpointEnd], as: UTF8.self)) }
        guard endpointEnd < bytes.endIndex else { return }
        dataOffset = endpointEnd + 1 - bytes.startIndex
        data = text.slice(dataOffset..<text.readableBytes) ?? ByteBuffer()
    }

    private static let colon = UInt8(ascii: ":")

    /// Reads the id up to the colon behind it.
    private mutating func readID(_ bytes: ByteBufferView, _ index: inout Int) throws(WireError) {
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            switch byte {
            case Self.colon:
                return
            case UInt8(ascii: "0")...UInt8(ascii: "9") where !wantsData:
                let (product, isTooBig) = (id ?? 0).multipliedReportingOverflow(by: 10)
                let (sum, overflows) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
                guard !isTooBig, !overflows else { throw WireError(.malformed, at: index - 1 - bytes.startIndex) }
                id = sum
            case UInt8(ascii: "+") where id != nil && !wantsData:
                wantsData = true
            default:
                throw WireError(.malformed, at: index - 1 - bytes.startIndex)
            }
        }
    }

    private mutating func readEndpoint(_ text: String) {
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else { return endpoint = text }
        endpoint = String(text[..<mark])
        query = String(text[text.utf8.index(after: mark)...])
    }
}
