public import HTTPTypes

/// The contents of a ``Request`` except its captures, in one object, so that a copy of a request copies one reference.
///
/// `@unchecked Sendable`, and without exclusivity checks at run time: a property changes only after `Request.ownContents()`,
/// when the request has the only reference to the object, so no other code can read or change the object at that time.
@usableFromInline
final class RequestContents: @unchecked Sendable {
    /// Fields that were made of the received ones.
    private final class MadeFields: Sendable {
        let fields: HTTPFields

        init(_ fields: HTTPFields) { self.fields = fields }
    }

    @exclusivity(unchecked) @usableFromInline var method: HTTPRequest.Method
    @exclusivity(unchecked) @usableFromInline var target: RequestTarget
    @exclusivity(unchecked) private var fields: RequestFields
    /// All of the received fields, for the next one who asks for them.
    private let madeFields = LazyReference<MadeFields>()
    @exclusivity(unchecked) @usableFromInline var body = RequestBody.empty
    private let origin: RequestOrigin
    /// What has replaced the values of ``origin``; nil for each that hasn't been changed.
    @exclusivity(unchecked) private var ownPeer: Peer?
    @exclusivity(unchecked) private var ownStorage: RequestStorage?

    init(
        _ method: HTTPRequest.Method,
        _ target: consuming RequestTarget,
        _ fields: consuming RequestFields,
        _ origin: RequestOrigin
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.origin = origin
    }

    func receive(_ fields: consuming RequestFields) { self.fields = fields }

    @usableFromInline var executor: LoopExecutor { origin.executor }

    @usableFromInline var peer: Peer {
        get { ownPeer ?? origin.peer }
        set { ownPeer = newValue }
    }

    /// Whether any value is stored; nothing is copied to find this out.
    var hasStoredValues: Bool { !(ownStorage?.isEmpty ?? origin.storage.isEmpty) }

    @usableFromInline var storage: RequestStorage {
        get { ownStorage ?? origin.storage }
        _modify {
            var storage = storage
            // The values are changed in place, as the fields below.
            ownStorage = nil
            defer { ownStorage = storage }
            yield &storage
        }
    }

    @usableFromInline var headers: HTTPFields {
        get {
            switch fields {
            case .received(let received): madeFields.value { MadeFields(received.fields) }.fields
            case .made(let fields): fields
            }
        }
        _modify {
            var headers = headers
            // While the caller changes the fields, this object has no reference to them, so that they are changed in place.
            fields = .made([:])
            defer { fields = .made(headers) }
            yield &headers
        }
    }

    func value(of name: StaticString) -> String? {
        guard fields.mayHave(name) else { return nil }
        return switch fields {
        case .received(let received): received.value(of: name)
        case .made(let fields): fields.value(of: name.description)
        }
    }

    func joinedValues(of name: StaticString) -> String? {
        guard fields.mayHave(name) else { return nil }
        return switch fields {
        case .received(let received): received.joinedValues(of: name)
        case .made(let fields): fields.joinedValues(of: name.description, separator: ", ")
        }
    }

    func onlyValue(of name: StaticString) -> String? {
        guard fields.mayHave(name) else { return nil }
        return switch fields {
        case .received(let received): received.onlyValue(of: name)
        case .made(let fields): fields.onlyValue(of: name.description)
        }
    }

    /// The lines of the fields, to be kept for longer than the request.
    var fieldLines: FieldLines {
        switch fields {
        case .received(let received): FieldLines(received)
        case .made(let fields): FieldLines(fields)
        }
    }

    func hasField(_ name: StaticString, where condition: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        guard fields.mayHave(name) else { return false }
        switch fields {
        case .received(let received): return received.hasField(name, where: condition)
        case .made(let fields):
            let name = name.description
            return fields.contains { field in
                field.name.canonicalName == name && Array(field.value.utf8).withUnsafeBytes(condition)
            }
        }
    }

    @usableFromInline
    func copy() -> RequestContents {
        let copy = RequestContents(method, target, fields, origin)
        copy.body = body
        copy.ownPeer = ownPeer
        copy.ownStorage = ownStorage
        return copy
    }
}
