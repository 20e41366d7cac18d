public import HTTPTypes

/// The contents of a ``Request`` except its captures, in one object, so that a copy of a request copies one reference.
///
/// `@unchecked Sendable`, and without exclusivity checks at run time: a property changes only after `Request.ownContents()`,
/// when the request has the only reference to the object, so no other code can read or change the object at that time.
@usableFromInline
final class RequestContents: @unchecked Sendable {
    @exclusivity(unchecked) @usableFromInline var method: HTTPRequest.Method
    @exclusivity(unchecked) @usableFromInline var target: RequestTarget
    @exclusivity(unchecked) @usableFromInline var headers: HTTPFields
    @exclusivity(unchecked) @usableFromInline var body: RequestBody
    @exclusivity(unchecked) @usableFromInline var peer: Peer
    @exclusivity(unchecked) @usableFromInline var storage: RequestStorage
    @usableFromInline let executor: LoopExecutor

    init(
        method: HTTPRequest.Method,
        target: RequestTarget,
        headers: HTTPFields,
        body: RequestBody,
        peer: Peer,
        storage: RequestStorage,
        executor: LoopExecutor
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
        self.storage = storage
        self.executor = executor
    }

    @usableFromInline
    func copy() -> RequestContents {
        RequestContents(
            method: method,
            target: target,
            headers: headers,
            body: body,
            peer: peer,
            storage: storage,
            executor: executor
        )
    }
}
