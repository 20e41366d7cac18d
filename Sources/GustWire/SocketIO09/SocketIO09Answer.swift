import NIOCore

/// The data of a 0.9 acknowledgement: the id, and perhaps `+` and an array: `7+[1,2]`.
struct SocketIO09Answer {
    var id: Int
    var arguments: Arguments

    /// Reads an acknowledgement.
    ///
    /// - Throws: `malformed` without a number; `invalidPayload` if what follows `+` isn't an array.
    init(_ data: ByteBuffer) throws(WireError) {
        let view = data.readableBytesView
        let plus = view.firstIndex(of: UInt8(ascii: "+"))
        let digits = view[..<(plus ?? view.endIndex)]
        // `Int.init` accepts a sign, which the protocol doesn't allow.
        guard digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let id = Int(String(decoding: digits, as: UTF8.self))
        else { throw WireError(.malformed) }
        self.id = id
        arguments = Arguments()
        guard let plus else { return }
        let offset = plus + 1 - view.startIndex
        guard let json = data.slice(offset..<data.readableBytes) else { throw WireError(.malformed, at: offset) }
        do throws(WireError) {
            _ = try JSONSlice(received: json)
        } catch {
            throw WireError(error.problem, at: error.offset + offset)
        }
        let elements = json.withUnsafeReadableBytes { bytes -> Range<Int>? in
            let whole = JSONScanner.trim(0..<bytes.count, in: bytes)
            guard bytes[whole.lowerBound] == UInt8(ascii: "[") else { return nil }
            return JSONScanner.trim(whole.lowerBound + 1..<whole.upperBound - 1, in: bytes)
        }
        guard let elements else { throw WireError(.invalidPayload, at: offset) }
        arguments = Arguments(trusted: json.slice(elements) ?? ByteBuffer())
    }
}
