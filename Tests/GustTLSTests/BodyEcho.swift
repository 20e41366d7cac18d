#if TLS
import GustHTTP
import NIOCore

/// Answers with the body of the request, once it has been received, or with the error that ends it.
struct BodyEcho: Handler {
    var limit = 1_000

    func answer(_ request: Request) -> Answer {
        let limit = limit
        return .ready(
            Response(
                body: .stream { writer in
                    request.body.collect(upTo: limit) { result in
                        switch result {
                        case .success(let body): writer.finish(body)
                        case .failure(let error):
                            writer.status = error.status
                            writer.finish(ByteBuffer(string: error.message))
                        }
                    }
                }
            )
        )
    }
}
#endif
