/// Where a handler is mounted.
extension Request {
    private enum MountPrefixKey: RequestStorageKey { typealias Value = String }

    /// What mounts have taken off the path, as it was sent: in front of ``path`` it makes the path that the client asked for.
    ///
    /// Empty unless a handler is mounted that sees the path without the prefix.
    public var mountPrefix: String { storage[MountPrefixKey.self] ?? "" }

    /// The same request for a handler that sees only `rest`, the end of the path as patterns match it; it begins with a slash.
    package func mounted(_ rest: Substring) -> Request {
        var request = self
        request.target = target.tail(rest)
        let length = target.path.utf8.count - request.target.path.utf8.count
        request.storage[MountPrefixKey.self] =
            mountPrefix + String(decoding: target.path.utf8.prefix(length), as: UTF8.self)
        return request
    }
}
