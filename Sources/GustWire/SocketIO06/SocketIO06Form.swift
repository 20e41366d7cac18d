import NIOCore

/// The payload in what a 0.6 client posts: field `data` of a form, whatever the request says of its type, since
/// XDomainRequest says nothing.
enum SocketIO06Form {
    static func payload(_ body: ByteBuffer, isJSONP: Bool) throws(WireError) -> ByteBuffer {
        guard let field = FormField.value(of: "data", in: body) else { throw WireError(.empty) }
        return isJSONP ? repairNewlines(field) : field
    }

    /// Undoes what a form does to the newlines of a message.
    ///
    /// A browser sends every newline of a textarea as CR LF, while the lengths were counted before. So in each frame a
    /// CR LF may count one unit or two; the frame ends where its length fits and either the payload ends or another frame
    /// begins. A frame that fits nowhere is left as it is, for the codec to refuse. Source: socket.io-client 0.6.3, `transports/jsonp-polling.js`.
    static func repairNewlines(_ payload: ByteBuffer) -> ByteBuffer {
        payload.withUnsafeReadableBytes { bytes in
            guard bytes.contains(UInt8(ascii: "\r")) else { return payload }
            var output = ByteBufferAllocator().buffer(capacity: bytes.count)
            var start = 0
            while let (length, bodyStart) = SocketIO06Framing.header(in: bytes, at: start) {
                guard let fit = fit(length, in: bytes, from: bodyStart) else { break }
                output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<bodyStart]))
                write(bytes, bodyStart..<fit.end, keeping: fit.pairsOfTwo, into: &output)
                start = fit.end
            }
            output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<bytes.count]))
            return output
        }
    }

    /// Where a body ends, and how many of its CR LF count two units.
    private static func fit(
        _ length: Int,
        in bytes: UnsafeRawBufferPointer,
        from start: Int
    ) -> (end: Int, pairsOfTwo: Int)? {
        var index = start
        var shortest = 0
        var pairs = 0
        // As a browser sends it there is no lone LF or CR, so the raw reading, all pairs of two, is tried first.
        if let end = UTF16Length.end(of: length, from: start, in: bytes), isBoundary(bytes, end) {
            return (end, .max)
        }
        while shortest <= length {
            if shortest + pairs >= length, isBoundary(bytes, index) { return (index, length - shortest) }
            guard index < bytes.count else { return nil }
            if isPair(bytes, index) {
                pairs += 1
                shortest += 1
                index += 2
                continue
            }
            let byte = bytes[index]
            shortest += byte >= 0xF0 ? 2 : 1
            index += byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        }
        return nil
    }

    private static func isPair(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        index + 1 < bytes.count && bytes[index] == UInt8(ascii: "\r") && bytes[index + 1] == UInt8(ascii: "\n")
    }

    private static func isBoundary(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        index == bytes.count || (index < bytes.count && SocketIO06Framing.header(in: bytes, at: index) != nil)
    }

    /// Copies a body, the first `kept` CR LF as they are and the others as LF.
    private static func write(
        _ bytes: UnsafeRawBufferPointer,
        _ range: Range<Int>,
        keeping kept: Int,
        into output: inout ByteBuffer
    ) {
        var remaining = kept
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            if isPair(bytes, index), remaining > 0 {
                remaining -= 1
                index += 2
            } else if isPair(bytes, index) {
                output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                start = index + 1
                index += 2
            } else {
                index += 1
            }
        }
        output.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<range.upperBound]))
    }
}
