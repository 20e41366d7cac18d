package import HTTPTypes

/// The header fields of a response, in the form in which the response has them.
package enum ResponseFields: Sendable {
    /// Fields that other responses have too.
    case prepared(PreparedFields)
    /// Fields that were made for this response.
    case made(HTTPFields)

    /// The fields.
    package var all: HTTPFields {
        get {
            switch self {
            case .prepared(let prepared): prepared.fields
            case .made(let fields): fields
            }
        }
        set { self = .made(newValue) }
        _modify {
            var fields = all
            // While the caller changes the fields, this value has no reference to them, so that they are changed in place.
            self = .prepared(.none)
            defer { self = .made(fields) }
            yield &fields
        }
    }

    /// Makes a change that many responses get.
    package mutating func apply(_ change: PreparedChange) {
        switch self {
        case .prepared(let prepared):
            if let result = prepared.changed(by: change) { return self = .prepared(result) }
        case .made(let fields):
            if fields.isEmpty, let result = PreparedFields.none.changed(by: change) { return self = .prepared(result) }
        }
        change.apply(&all)
    }
}
