/// The closures that wait until output has been handed to the operating system; mostly one.
struct Confirmations {
    /// Not an element of the array, which would allocate for each response.
    private var first: ((Bool) -> Void)?
    private var others: [(Bool) -> Void] = []

    var isEmpty: Bool { first == nil }

    mutating func append(_ body: @escaping (Bool) -> Void) {
        if first == nil { first = body } else { others.append(body) }
    }

    /// Calls the closures with whether the output was handed over.
    func callAsFunction(isSent: Bool) {
        first?(isSent)
        for body in others { body(isSent) }
    }
}
