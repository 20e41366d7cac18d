#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes a contract as a document of AsyncAPI 3.0, whose schemas are those of JSON Schema, draft 7.
struct AsyncAPIWriter {
    private let contract: DocumentedContract

    init(_ contract: DocumentedContract) { self.contract = contract }

    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }

    private var document: DocumentNode {
        let events = contract.events
        let replied = events.filter { $0.reply != nil }
        var messages: [(String, DocumentNode)] = events.map { (Self.key($0.name), message($0)) }
        messages += replied.map { (Self.replyKey($0.name), reply($0)) }
        var schemas = contract.objects.objects.map { ($0.name, object($0.members)) }
        if contract.hasFailures {
            let failure: DocumentNode = [
                "type": "object", "required": ["error"], "properties": ["error": ["type": "string"]],
                "description": "The reply to an event that was refused, or whose handler failed.",
            ]
            schemas.append(("Failure", failure))
        }
        let references = messages.map { ($0.0, Self.reference("components/messages/\($0.0)")) }
        return [
            "asyncapi": "3.0.0",
            "info": ["title": .text(contract.title), "version": .text(contract.version)],
            "defaultContentType": "application/json",
            "channels": ["events": ["address": "/", "messages": .object(references)]],
            "operations": .object(events.flatMap(operations)),
            "components": ["messages": .object(messages), "schemas": .object(schemas)],
        ]
    }

    /// The operations of the server with an event: it receives it, sends it, or both.
    private func operations(_ event: DocumentedContract.Event) -> [(String, DocumentNode)] {
        var sides: [(name: String, action: String)] = []
        if event.isFromClient { sides.append(("receive \(event.name)", "receive")) }
        if event.isFromServer { sides.append(("send \(event.name)", "send")) }
        return sides.map { side in
            var members: [(String, DocumentNode)] = [
                ("action", .text(side.action)), ("channel", Self.reference("channels/events")),
                ("messages", .array([Self.reference("channels/events/messages/\(Self.key(event.name))")])),
            ]
            if event.reply != nil {
                let reply = Self.reference("channels/events/messages/\(Self.replyKey(event.name))")
                members.append(("reply", ["channel": Self.reference("channels/events"), "messages": .array([reply])]))
            }
            if let summary = event.summary { members.append(("summary", .text(summary))) }
            return (Self.key(side.name), .object(members))
        }
    }

    private func message(_ event: DocumentedContract.Event) -> DocumentNode {
        let schemas = event.parameters.map { parameter in
            schema(parameter.shape).adding("title", .text(parameter.name))
        }
        let required = event.parameters.lastIndex { !$0.shape.isOptional }.map { $0 + 1 } ?? 0
        var members: [(String, DocumentNode)] = [
            ("name", .text(event.name)), ("payload", arguments(schemas, required: required)),
        ]
        if let summary = event.summary { members.append(("summary", .text(summary))) }
        return .object(members)
    }

    private func reply(_ event: DocumentedContract.Event) -> DocumentNode {
        let schemas = (event.reply ?? []).map { schema($0) }
        let success = arguments(schemas, required: schemas.count)
        guard event.isFromClient else { return ["payload": success] }
        let failure = arguments([Self.reference("components/schemas/Failure")], required: 1)
        return ["payload": ["oneOf": .array([success, failure])]]
    }

    /// The schema of the arguments of an event or of a reply.
    private func arguments(_ schemas: [DocumentNode], required: Int) -> DocumentNode {
        guard !schemas.isEmpty else { return ["type": "array", "maxItems": .number(0)] }
        return [
            "type": "array", "items": .array(schemas), "minItems": .number(required),
            "maxItems": .number(schemas.count),
        ]
    }

    private func object(_ members: [ShapeTable.Member]) -> DocumentNode {
        let required = members.filter { !$0.shape.isOptional }.map { DocumentNode.text($0.name) }
        var node: [(String, DocumentNode)] = [
            ("type", "object"), ("properties", .object(members.map { ($0.name, schema($0.shape)) })),
        ]
        if !required.isEmpty { node.append(("required", .array(required))) }
        return .object(node)
    }

    private func schema(_ shape: ValueShape) -> DocumentNode {
        switch shape {
        case .string: ["type": "string"]
        case .integer: ["type": "integer"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .bytes: ["type": "string", "format": "binary"]
        case .date: ["type": "string", "format": "date-time"]
        case .literals(let texts): ["enum": .array(texts.map { .literal($0) })]
        case .optional(let shape): ["oneOf": [schema(shape), ["type": "null"]]]
        case .array(let shape): ["type": "array", "items": schema(shape)]
        case .tuple(let shapes): arguments(shapes.map { schema($0) }, required: shapes.count)
        case .dictionary(let shape): ["type": "object", "additionalProperties": schema(shape)]
        case .object(let name): Self.reference("components/schemas/\(name)")
        case .any: [:]
        }
    }

    private static func reference(_ path: String) -> DocumentNode { ["$ref": .text("#/\(path)")] }

    /// The key of an event or an operation: letters, digits, `-` and `_` (AsyncAPI 3.0, "Components Object").
    private static func key(_ name: String) -> String {
        let bytes = name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): byte
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func replyKey(_ name: String) -> String { key("reply to \(name)") }
}
