import HTTPTypes

/// Responses made of errors.
extension Response {
    /// Makes the response to a request that failed.
    ///
    /// For an ``HTTPError``, the response has its status, message and fields. For an error that is ``ResponseConvertible``, it
    /// is the result of ``ResponseConvertible/response(for:)``. For other errors the status is 500, without the text of the
    /// error. The error is stored in ``error``, for middleware and logs.
    package init(answering error: any Error, to request: Request) {
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
                // If the conversion of an error fails with an error other than HTTPError, the response is 500.
            }
        }
        return HTTPError(.internalServerError).response
    }

    /// The error of this response if the server should log it; nil otherwise.
    ///
    /// An ``HTTPError`` or ``ResponseConvertible`` error isn't logged, because the handler has chosen the response. No error is
    /// logged after the task has been cancelled because the client has disconnected. The property must be read in the task of
    /// the request.
    package var unexpectedError: (any Error)? {
        guard let error, !(error is HTTPError), !(error is any ResponseConvertible), !Task.isCancelled else {
            return nil
        }
        return error
    }
}
