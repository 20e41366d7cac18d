import GustJSON

extension JSONSlice: Codable {
    /// Decodes any JSON value and keeps its text: out of an argument of an event, or of a body that Gust decodes, byte for byte and with the
    /// attachments that it refers to.
    ///
    /// Out of another decoder the text is as Foundation writes it, whose decoders know one key of those that are canonically equal.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? JSONValueDecoder else {
            self = try JSONSlice.encode(try AnyJSON(from: decoder))
            return
        }
        let attached = decoder.attachments as? AttachmentList
        self.init(trusted: decoder.text, attached: attached?.buffers.isEmpty == false ? attached : nil)
    }

    /// Encodes the value: into an argument of an event, or a body that Gust encodes, byte for byte; for another encoder by way of
    /// its values.
    public func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? any JSONTextEncoder else { return try AnyJSON(bytes).encode(to: encoder) }
        encoder.encode { list in hasAttachments ? text(addingAttachmentsTo: &list) : bytes }
    }
}
