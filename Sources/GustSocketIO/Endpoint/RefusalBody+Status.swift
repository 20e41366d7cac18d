import GustWire
import HTTPTypes

extension RefusalBody {
    /// The status with its usual reason phrase, which a status made of a number alone doesn't have.
    var httpStatus: HTTPResponse.Status {
        let known: [HTTPResponse.Status] = [
            .ok, .badRequest, .forbidden, .notFound, .methodNotAllowed, .internalServerError,
        ]
        return known.first { $0.code == status } ?? HTTPResponse.Status(code: status)
    }
}
