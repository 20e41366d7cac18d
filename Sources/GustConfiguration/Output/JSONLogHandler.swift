#if Configuration
import GustJSON
import Logging
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes each event of a log as one line with a JSON object: `time`, `level`, `label`, `message`, and what there is of `error` and `metadata`.
///
/// The line is written in one piece, so that lines of different threads don't mix up to the size that the operating system writes at once.
struct JSONLogHandler: LogHandler {
    let label: String
    let write: @Sendable (String) -> Void
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var buffer = ByteBuffer()
        buffer.writeStaticString(#"{"time":"#)
        JSONText.write(ISO8601Text.text(Date(), hasFraction: true) ?? "", into: &buffer)
        append("level", event.level.rawValue, to: &buffer)
        append("label", label, to: &buffer)
        append("message", "\(event.message)", to: &buffer)
        if let error = event.error { append("error", "\(error)", to: &buffer) }
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        if !all.isEmpty {
            buffer.writeStaticString(#","metadata":"#)
            append(.dictionary(all), to: &buffer)
        }
        buffer.writeStaticString("}\n")
        write(String(buffer: buffer))
    }

    private func append(_ name: StaticString, _ text: String, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(",\"")
        buffer.writeStaticString(name)
        buffer.writeStaticString("\":")
        JSONText.write(text, into: &buffer)
    }

    private func append(_ value: Logger.Metadata.Value, to buffer: inout ByteBuffer) {
        switch value {
        case .string(let text): JSONText.write(text, into: &buffer)
        case .stringConvertible(let value): JSONText.write("\(value)", into: &buffer)
        case .array(let values):
            buffer.writeStaticString("[")
            for (index, value) in values.enumerated() {
                if index > 0 { buffer.writeStaticString(",") }
                append(value, to: &buffer)
            }
            buffer.writeStaticString("]")
        case .dictionary(let values):
            buffer.writeStaticString("{")
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { buffer.writeStaticString(",") }
                JSONText.write(key, into: &buffer)
                buffer.writeStaticString(":")
                append(value, to: &buffer)
            }
            buffer.writeStaticString("}")
        }
    }
}
#endif
