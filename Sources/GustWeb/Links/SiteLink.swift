import GustHTTP

/// A path with query and fragment.
struct SiteLink {
    let text: String

    /// Encodes query and fragment; the path is encoded already.
    init(path: String, query: KeyValuePairs<String, String>, fragment: String?) {
        var text = path
        for (number, parameter) in query.enumerated() {
            text += number == 0 ? "?" : "&"
            text += "\(PercentEncoding.encodeSegment(parameter.key))=\(PercentEncoding.encodeSegment(parameter.value))"
        }
        if let fragment { text += "#\(PercentEncoding.encodeSegment(fragment))" }
        self.text = text
    }
}
