/// How values are written for which JSON has several forms or none.
package struct JSONStyle: Sendable {
    /// Whether members are in the order of the bytes of their keys; otherwise they are in the order in which they are encoded.
    package var sortsKeys: Bool
    /// Whether bytes are attachments, for which the text has placeholders; otherwise they are base64 text.
    package var attachesBytes: Bool

    /// A style.
    package init(sortsKeys: Bool = false, attachesBytes: Bool = false) {
        self.sortsKeys = sortsKeys
        self.attachesBytes = attachesBytes
    }
}
