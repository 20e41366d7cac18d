public import GustHTTP
public struct Route: Sendable { public init(_ pattern: String, handler: any Handler) {} }
public enum Pattern { public static func escape(_ s: String) -> String { s } }
