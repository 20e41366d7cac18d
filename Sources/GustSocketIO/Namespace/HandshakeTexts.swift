import GustHTTP

/// The texts of the latest different handshakes of a loop.
struct HandshakeTexts {
    private static let capacity = 16
    /// The texts, those that are used often in front.
    private var texts: [HandshakeText] = []

    /// The text of a request, and its key.
    mutating func text(
        _ lines: FieldLines,
        _ target: RequestTarget,
        isCrossDomain: @autoclosure () -> Bool
    ) -> (HandshakeText, HandshakeText.Key) {
        var bytes = lines.bytes
        var key = HandshakeText.Key.zero
        let keyRange = lines.range(ofValueOf: "sec-websocket-key").flatMap { range in
            range.count == HandshakeText.Key.length ? range : nil
        }
        if let keyRange {
            key = HandshakeText.Key(bytes[keyRange])
            bytes.replaceSubrange(keyRange, with: repeatElement(0, count: keyRange.count))
        }
        if let index = texts.firstIndex(where: { $0.hasSameBytes(as: bytes, target) }) {
            let text = texts[index]
            // One place forward, so that texts that are never used again are replaced first.
            if index > 0 { texts.swapAt(index, index - 1) }
            return (text, key)
        }
        let text = HandshakeText(bytes, keyRange, target, isCrossDomain: isCrossDomain())
        if texts.count == Self.capacity { texts.removeLast() }
        texts.append(text)
        return (text, key)
    }
}
