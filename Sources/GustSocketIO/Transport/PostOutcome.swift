import GustHTTP
import GustWire
import HTTPTypes

/// The outcome of one `POST`.
enum PostOutcome: Sendable {
    /// The payload was taken.
    case accepted
    /// The payload was refused with a status and no body.
    case refused(HTTPResponse.Status)
    /// The payload was refused in the words of the revision.
    case refusedBy(RefusalBody)

    /// The response to a client of `revision`.
    func response(_ revision: Revision) -> Response {
        switch self {
        case .accepted:
            return PollingFields.reply(of: revision)
        case .refused(let status):
            var response = Response(status: status)
            // The rest of the body may still be coming, so the connection ends.
            if status == .contentTooLarge { response.headers[.connection] = "close" }
            return response
        case .refusedBy(let refusal):
            return Response(
                status: refusal.httpStatus,
                headers: [.contentType: refusal.contentType],
                body: .bytes(refusal.body)
            )
        }
    }
}
