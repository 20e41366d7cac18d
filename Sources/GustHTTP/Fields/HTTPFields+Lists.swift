package import HTTPTypes

extension HTTPFields {
    /// Whether `Cache-Control` has a directive, with or without an argument (RFC 9111 §5.2); ASCII case is ignored.
    package func hasCacheDirective(_ name: String) -> Bool {
        guard let control = self[.cacheControl] else { return false }
        return control.listElements().contains { directive in
            (directive.parted(at: UInt8(ascii: "="))?.before ?? directive).equalsIgnoringASCIICase(name)
        }
    }

    /// Adds a field's name to `Vary`, unless `Vary` already has it or is `*`.
    package mutating func addVary(_ name: String) {
        guard let vary = self[.vary] else {
            self[.vary] = name
            return
        }
        if !vary.containsToken("*"), !vary.containsToken(name) { self[.vary] = "\(vary), \(name)" }
    }
}
