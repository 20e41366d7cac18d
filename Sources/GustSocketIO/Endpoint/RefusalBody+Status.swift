import GustWire
import HTTPTypes

extension RefusalBody {
    /// The status with its usual reason phrase, which a status made of a number alone doesn't have.
    var httpStatus: HTTPResponse.Status {
        let known: [HTTPResponse.Status] = [
            .ok, .badRequest, .forbidden, .notFound, .methodNotAllowed, .internalServerError,
        ]
        // A code outside of these would trap in HTTPTypes.
        guard (100...999).contains(status) else { return .internalServerError }
        return known.first { $0.code == status } ?? HTTPResponse.Status(code: status)
    }
}
