#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A type that can be made of the text of one capture.
public protocol CaptureConvertible: Sendable {
    /// Makes a value, or nil if the text isn't one: then the next route is tried.
    static func convert(capture: String) -> Self?
}

extension CaptureConvertible where Self: LosslessStringConvertible {
    /// Makes a value by the type's own reading of text.
    public static func convert(capture: String) -> Self? { Self(capture) }
}

extension String: CaptureConvertible {}
extension Int: CaptureConvertible {}
extension Int64: CaptureConvertible {}
extension UInt: CaptureConvertible {}
extension UInt64: CaptureConvertible {}

extension Double: CaptureConvertible {
    /// Makes a finite number of decimal text: an optional sign, digits with at most one point among them, and perhaps an exponent.
    ///
    /// `nan`, `inf` and `0x1p3`, which `Double` reads too, are no numbers to whoever writes a URL, and what isn't finite gets past
    /// checks of a range.
    public static func convert(capture: String) -> Double? {
        let isDecimal = capture.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isDecimal, let value = Double(capture), value.isFinite else { return nil }
        return value
    }
}

extension Bool: CaptureConvertible {}

extension UUID: CaptureConvertible {
    /// Makes a UUID of its 36 characters.
    public static func convert(capture: String) -> UUID? { UUID(uuidString: capture) }
}
