import GustHTTP

/// The place at the end of a page for one more element.
enum PageEnd {
    /// The offset in front of the last `</body`, or at the end of a page without it; nil for a fragment, which goes into another page.
    static func place(in page: some BidirectionalCollection<UInt8>) -> Int? {
        let bytes = Array(page)
        if let end = bytes.indices.reversed().first(where: {
            bytes[$0] == UInt8(ascii: "<") && begins("</body", bytes[$0...])
        }) {
            return end
        }
        let start = bytes.drop { $0 == 0x20 || 0x09 <= $0 && $0 <= 0x0D }
        return begins("<!doctype", start) || begins("<html", start) ? bytes.count : nil
    }

    private static func begins(_ mark: StaticString, _ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.hasPrefixIgnoringASCIICase(mark)
    }
}
