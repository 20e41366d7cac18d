import HTTPTypes

/// Errors as responses.
extension Response {
    /// The response to a request that failed.
    ///
    /// An ``HTTPError`` has its status, text and fields. An error that is ``ResponseConvertible`` is asked for its response. Any
    /// other error is 500, without its text. The error itself is in ``error``, for middleware and logs.
    public init(answering error: any Error, to request: Request) {
        self = Self.response(for: error, request)
        self.error = error
    }

    private static func response(for error: any Error, _ request: Request) -> Response {
        if let error = error as? HTTPError { return error.response }
        if let error = error as? any ResponseConvertible {
            do {
                return try error.response(for: request)
            } catch let error as HTTPError {
                return error.response
            } catch {
                // The error of an error has no answer of its own either: 500.
            }
        }
        return HTTPError(.internalServerError).response
    }

    /// The error of this response if a server's log should have it: it is neither an answer that a handler chose by
    /// ``HTTPError`` or ``ResponseConvertible``, nor a consequence of the request's cancellation, because its client left.
    ///
    /// Asked in the task of the request.
    package var unexpectedError: (any Error)? {
        guard let error, !(error is HTTPError), !(error is any ResponseConvertible), !Task.isCancelled else {
            return nil
        }
        return error
    }
}
