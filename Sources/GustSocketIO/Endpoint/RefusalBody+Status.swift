import GustWire
import HTTPTypes

extension RefusalBody {
    /// The status with its usual reason phrase; a status that is made of a number has none.
    var httpStatus: HTTPResponse.Status {
        let known: [HTTPResponse.Status] = [
            .ok, .badRequest, .forbidden, .notFound, .methodNotAllowed, .internalServerError,
        ]
        // HTTPTypes traps for a code outside of this range.
        guard (100...999).contains(status) else { return .internalServerError }
        return known.first { $0.code == status } ?? HTTPResponse.Status(code: status)
    }
}
