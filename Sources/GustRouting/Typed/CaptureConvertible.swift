#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A type that can be converted from the text of one capture.
public protocol CaptureConvertible: Sendable {
    /// Converts the text of a capture; nil if it isn't valid for this type, so that the next route is tried.
    static func convert(capture: String) -> Self?
}

extension CaptureConvertible where Self: LosslessStringConvertible {
    /// Converts the text with `init(_:)` of `LosslessStringConvertible`.
    ///
    /// A `Double` is a finite decimal number: an optional sign, digits with at most one point, and an optional exponent.
    public static func convert(capture: String) -> Self? {
        guard Self.self != Double.self || Double.isFinite(capture) else { return nil }
        return Self(capture)
    }
}

extension String: CaptureConvertible {}
extension Int: CaptureConvertible {}
extension Int64: CaptureConvertible {}
extension UInt: CaptureConvertible {}
extension UInt64: CaptureConvertible {}

extension Double: CaptureConvertible {
    /// Whether the text is a finite decimal number.
    ///
    /// `nan`, `inf` and `0x1p3`, which `Double.init` accepts, aren't expected in URLs, and values that aren't finite pass range checks.
    fileprivate static func isFinite(_ capture: String) -> Bool {
        let isDecimal = capture.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        return isDecimal && Double(capture)?.isFinite == true
    }
}

extension Bool: CaptureConvertible {}

extension UUID: CaptureConvertible {
    /// Converts the 36 characters of a UUID.
    public static func convert(capture: String) -> UUID? { UUID(uuidString: capture) }
}
