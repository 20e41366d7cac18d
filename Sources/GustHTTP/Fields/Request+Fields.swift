extension Request {
    /// The value of the first field whose name in lower case is `name`; nil if there is none.
    ///
    /// This costs less than ``headers``, which makes all fields of a request that was received. It is for fields that a message has once
    /// only.
    package func value(of name: StaticString) -> String? { contents.value(of: name) }

    /// The values of all fields whose name in lower case is `name`, joined by commas; nil if there is none.
    ///
    /// This is the value of a field in ``headers``, at less cost; see ``value(of:)``.
    package func joinedValues(of name: StaticString) -> String? { contents.joinedValues(of: name) }

    /// The value of the field whose name in lower case is `name`; nil if there is none, and empty if there are several.
    ///
    /// This is for fields that a message has once only, and of which two make no sense; see ``value(of:)``.
    package func onlyValue(of name: StaticString) -> String? { contents.onlyValue(of: name) }

    /// The lines of the fields, to be kept for longer than the request.
    package var fieldLines: FieldLines { contents.fieldLines }

    /// Whether the value of a field whose name in lower case is `name` contains one of the texts.
    package func hasField(_ name: StaticString, containing first: StaticString, or second: StaticString) -> Bool {
        contents.hasField(name) { $0.contains(first) || $0.contains(second) }
    }

    /// Whether the value of a field whose name in lower case is `name` begins with the bytes of a text.
    package func hasField(_ name: StaticString, beginningWith prefix: StaticString) -> Bool {
        contents.hasField(name) { value in
            value.count >= prefix.utf8CodeUnitCount
                && UnsafeRawBufferPointer(rebasing: value[..<prefix.utf8CodeUnitCount]).hasSameBytes(as: prefix)
        }
    }
}
