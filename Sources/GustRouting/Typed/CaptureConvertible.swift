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
extension Double: CaptureConvertible {}
extension Bool: CaptureConvertible {}

extension UUID: CaptureConvertible {
    /// Makes a UUID of its 36 characters.
    public static func convert(capture: String) -> UUID? { UUID(uuidString: capture) }
}
