extension JSONSlice: Codable {
    /// Decodes any JSON value and keeps its text, as Foundation writes it.
    ///
    /// Foundation's decoders know one key of those that are canonically equal. A value of its own, as an argument is, keeps
    /// every byte. A value inside of an argument keeps the attachments that it refers to.
    public init(from decoder: any Decoder) throws {
        let text = try JSONSlice.encode(try AnyJSON(from: decoder)).bytes
        let attached = AttachmentList.key.flatMap { decoder.userInfo[$0] as? AttachmentList }
        self.init(trusted: text, attached: attached)
    }

    /// Encodes the value for another encoder; inside of arguments the text is copied byte for byte instead.
    public func encode(to encoder: any Encoder) throws {
        try AnyJSON(bytes).encode(to: encoder)
    }
}
