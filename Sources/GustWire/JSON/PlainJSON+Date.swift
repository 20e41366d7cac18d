import GustJSON
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Date: PlainJSON {
    static func read(_ text: ByteBuffer) -> Date? { String.read(text).flatMap(ISO8601Text.date) }

    func write(into text: inout ByteBuffer) -> Bool {
        guard let date = ISO8601Text.text(self) else { return false }
        JSONText.write(date, into: &text)
        return true
    }
}
