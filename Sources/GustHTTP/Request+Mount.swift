/// The prefix at which a handler is mounted.
extension Request {
    private enum MountPrefixKey: RequestStorageKey { typealias Value = String }

    /// The prefix that mounts have removed from the path, as it was sent.
    ///
    /// The prefix followed by ``path`` is the path that the client requested. The prefix is empty unless the handler is mounted
    /// with the prefix removed.
    public var mountPrefix: String { storage[MountPrefixKey.self] ?? "" }

    /// This request for a mounted handler, with `rest` as its path.
    ///
    /// `rest` is the end of ``RequestTarget/matchingPath`` and begins with a slash.
    package func mounted(_ rest: Substring) -> Request {
        var request = self
        request.target = target.tail(rest)
        let length = target.path.utf8.count - request.target.path.utf8.count
        request.storage[MountPrefixKey.self] =
            mountPrefix + String(decoding: target.path.utf8.prefix(length), as: UTF8.self)
        return request
    }
}
