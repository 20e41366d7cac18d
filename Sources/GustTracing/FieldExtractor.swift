#if Tracing
import GustHTTP
import HTTPTypes
import Tracing

/// Finds the values of a caller's context in header fields.
struct FieldExtractor: Extractor {
    /// The value of a field; several fields of a name are joined by commas, as `tracestate` allows (W3C Trace Context §3.3.1.1).
    func extract(key: String, from fields: HTTPFields) -> String? {
        guard let name = HTTPField.Name(key) else { return nil }
        let values = fields[values: name]
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}
#endif
