/// Divides the bytes of a channel into messages.
package struct ControlReader {
    /// The number of bytes of the longest line; a longer one is dropped.
    static let maximumLength = 4_194_304

    private var rest: [UInt8] = []
    private var isDropping = false

    package init() {}

    /// Takes the bytes that follow, and returns the messages that they complete; unknown messages are dropped.
    package mutating func feed(_ bytes: some Collection<UInt8>) -> [ControlMessage] {
        var messages: [ControlMessage] = []
        for byte in bytes {
            guard byte != UInt8(ascii: "\n") else {
                if !isDropping, let message = ControlMessage(line: rest) { messages.append(message) }
                rest = []
                isDropping = false
                continue
            }
            guard rest.count < Self.maximumLength else {
                isDropping = true
                continue
            }
            rest.append(byte)
        }
        return messages
    }
}
