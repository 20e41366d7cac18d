public import GustHTTP

/// A function of the application for tags of templates, such as `{{money price currency="EUR"}}`.
///
/// ```swift
/// let templates = try Templates(helpers: [
///     "shout": { arguments, _ in (arguments[0].text ?? "").uppercased() },
///     "can": { arguments, request in request?.storage[User.self]?.can(arguments[0].text ?? "") },
/// ])
/// ```
/// `{{shout title}}` inserts the result, escaped unless it is `HTML`; a nil inserts nothing. `{{#can "edit"}}…{{/can}}` renders the
/// section if the result is true, or for each element of a list. The result has the types that values of templates have.
///
/// A helper is called on the loop of the connection and must not block it. The request is nil for a page that is rendered without one. An
/// error that it throws becomes a ``TemplateError`` with the place of the tag; an `HTTPError` stays what it is.
public typealias TemplateHelper = @Sendable (TemplateArguments, Request?) throws -> (any Sendable)?
