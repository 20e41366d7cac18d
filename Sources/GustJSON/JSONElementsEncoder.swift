/// Encodes the elements of one array into the text.
struct JSONElementsEncoder: UnkeyedEncodingContainer {
    let writing: JSONWriting
    /// The frame of the array.
    let place: JSONFramePlace

    var codingPath: [any CodingKey] { writing.codingPath(to: Int(place.depth)) }
    var count: Int { writing.count(of: place) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        KeyedEncodingContainer(JSONMembersEncoder<NestedKey>(writing: writing, place: open(.object)))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONElementsEncoder(writing: writing, place: open(.array))
    }

    func superEncoder() -> any Encoder { JSONValueEncoder(writing: writing, place: open(.value)) }

    private func open(_ kind: JSONWriting.Frame.Kind) -> JSONFramePlace {
        writing.beginElement(place) ? writing.open(kind) : .none
    }

    // MARK: Values

    /// Writes an element that can't fail.
    @inline(__always)
    private func element(infallibly write: (JSONOutput) -> Void) {
        if writing.beginElement(place) { write(writing.output) }
    }

    /// Writes an element, or nothing if that throws.
    @inline(__always)
    private func element(attempting write: (JSONWriting) throws -> Void) throws {
        guard let mark = writing.mark(place) else { return }
        do {
            if writing.beginElement(place) { try write(writing) }
        } catch {
            writing.takeBack(to: mark)
            throw error
        }
    }

    func encode<Value: Encodable>(_ value: Value) throws { try element(attempting: { try $0.write(value) }) }
    func encode(_ value: Double) throws { try element(attempting: { try $0.write(value, $0.codingPath()) }) }
    func encode(_ value: Float) throws { try element(attempting: { try $0.write(value, $0.codingPath()) }) }
    func encodeNil() { element(infallibly: { $0.write("null") }) }
    func encode(_ value: Bool) { element(infallibly: { $0.write(value ? "true" : "false") }) }
    func encode(_ value: String) { element(infallibly: { $0.write(string: value) }) }
    func encode(_ value: Int) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int8) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int16) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int32) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int64) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt8) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt16) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt32) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: UInt64) { element(infallibly: { $0.write(integer: value) }) }
    func encode(_ value: Int128) { element(infallibly: { $0.write(plain: String(value)) }) }
    func encode(_ value: UInt128) { element(infallibly: { $0.write(plain: String(value)) }) }
}
