import GustHTTP
import HTTPTypes

/// Answers a scrape with all metrics of a registry.
struct MetricsEndpoint: Handler {
    let registry: PrometheusRegistry

    func answer(_ request: Request) -> Answer {
        let format = ExpositionFormat(accept: request.headers[.accept])
        var exposition = Exposition(format)
        for family in registry.families { exposition.add(family) }
        exposition.finish()
        let headers: HTTPFields = [.contentType: format.contentType, .vary: "Accept", .cacheControl: "no-store"]
        return .ready(Response(headers: headers, body: .bytes(exposition.bytes)))
    }
}
