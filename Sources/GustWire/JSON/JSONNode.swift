import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One value of the tree that an `Encodable` builds on its way to JSON text; members stay in the order they were encoded.
final class JSONNode {
    /// What has been encoded so far.
    enum Value {
        /// Nothing yet; written as `{}`, which is what a type without members means by it.
        case none
        case text(ByteBuffer)
        case array([JSONNode])
        case object([(key: String, value: JSONNode)])
    }

    var value = Value.none
    /// Binary attachments of the whole tree.
    let attachments: Attachments
    let codingPath: [any CodingKey]

    /// The list that all nodes of a tree add their bytes to.
    final class Attachments {
        var list: [ByteBuffer]

        init(_ list: [ByteBuffer]) { self.list = list }
    }

    init(attachments: Attachments, codingPath: [any CodingKey]) {
        self.attachments = attachments
        self.codingPath = codingPath
    }

    /// Makes this an object, unless it is one, and adds a member.
    func member(_ key: any CodingKey) -> JSONNode {
        let node = JSONNode(attachments: attachments, codingPath: codingPath + [key])
        var members: [(key: String, value: JSONNode)] = []
        if case .object(let present) = value { members = present }
        // Let go of the only other reference, or appending copies the list each time.
        value = .none
        members.append((key.stringValue, node))
        value = .object(members)
        return node
    }

    /// Makes this an array, unless it is one, and adds an element.
    func element() -> JSONNode {
        var elements: [JSONNode] = []
        if case .array(let present) = value { elements = present }
        value = .none
        let node = JSONNode(attachments: attachments, codingPath: codingPath + [JSONIndexKey(elements.count)])
        elements.append(node)
        value = .array(elements)
        return node
    }

    /// Makes this an empty object or array, unless it is one already.
    func begin(isObject: Bool) {
        guard case .none = value else { return }
        value = isObject ? .object([]) : .array([])
    }

    /// Sets the value: scalars, bytes and the few types of Foundation that JSON has a form for, or whatever the type
    /// encodes itself as.
    func set<Encoded: Encodable>(_ encoded: Encoded) throws {
        var text = ByteBuffer()
        switch encoded {
        case let bytes as ByteBuffer: attach(bytes, into: &text)
        case let bytes as Data: attach(ByteBuffer(bytes: bytes), into: &text)
        case let json as JSONSlice where json.hasAttachments:
            text = json.text(addingAttachmentsTo: &attachments.list)
        case let plain as any PlainJSON:
            guard plain.write(into: &text) else {
                // Not a date itself: Foundation can't describe every one without a trap.
                let value: Any = (encoded as? Date)?.timeIntervalSince1970 ?? encoded
                throw EncodingError.invalidValue(
                    value,
                    EncodingError.Context(codingPath: codingPath, debugDescription: "JSON has no \(value)")
                )
            }
        case let number as Decimal: text.writeString(number.description)
        case let address as URL: JSONText.write(address.absoluteString, into: &text)
        default: return try encoded.encode(to: JSONTreeEncoder(self))
        }
        value = .text(text)
    }

    func setNull() {
        value = .text(ByteBuffer(string: "null"))
    }

    private func attach(_ bytes: ByteBuffer, into text: inout ByteBuffer) {
        text.writeString(#"{"_placeholder":true,"num":\#(attachments.list.count)}"#)
        attachments.list.append(bytes)
    }

    /// Appends the tree as text.
    func write(into output: inout ByteBuffer) {
        switch value {
        case .none: output.writeStaticString("{}")
        case .text(let text): output.writeImmutableBuffer(text)
        case .array(let elements):
            output.writeStaticString("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { output.writeStaticString(",") }
                element.write(into: &output)
            }
            output.writeStaticString("]")
        case .object(let members):
            output.writeStaticString("{")
            for (index, member) in members.enumerated() {
                if index > 0 { output.writeStaticString(",") }
                JSONText.write(member.key, into: &output)
                output.writeStaticString(":")
                member.value.write(into: &output)
            }
            output.writeStaticString("}")
        }
    }
}
