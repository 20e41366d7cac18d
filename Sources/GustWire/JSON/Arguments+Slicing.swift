import GustJSON
import NIOCore

extension Arguments {
    /// The arguments behind the first `count`, with the attachments that they refer to.
    public func dropFirst(_ count: Int = 1) -> Arguments {
        var rest = Arguments()
        for index in count..<max(count, self.count) {
            if let element = self[index] { rest.append(json: element) }
        }
        return rest
    }

    /// Adds arguments at the end, with the attachments that they refer to.
    package mutating func append(contentsOf other: Arguments) {
        for index in 0..<other.count {
            if let element = other[index] { append(json: element) }
        }
    }
}

extension JSONSlice {
    /// `{}`.
    package static let emptyObject = JSONSlice(trusted: ByteBuffer(string: "{}"))

    /// A string.
    package static func string(_ text: String) -> JSONSlice {
        var buffer = ByteBuffer()
        JSONText.write(text, into: &buffer)
        return JSONSlice(trusted: buffer)
    }
}
