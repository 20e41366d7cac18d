import GustClientWire
import GustWire
import NIOCore

extension ClientSettings {
    /// The transport with which a connection begins, and whether it is upgraded.
    var chosenTransport: ClientTransport {
        transport ?? (revision.engineIOVersion != nil ? .upgrade : .webSocket)
    }

    /// The path without the slash that the grammar adds.
    var grammarPath: String {
        var bytes = path.utf8[...]
        if bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
        let text = String(Substring(bytes))
        return text.utf8.first == UInt8(ascii: "/") || text.utf8.isEmpty ? text : "/" + text
    }

    /// The limits of the codecs.
    var payloadLimits: PayloadLimits {
        var result = PayloadLimits()
        result.maximumPackets = limits.maximumPackets
        result.maximumAttachments = limits.maximumAttachments
        result.maximumAttachmentBytes = limits.maximumAttachmentBytes
        result.parser = parser
        return result
    }
}
