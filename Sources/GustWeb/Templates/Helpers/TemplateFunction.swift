import GustHTTP
import GustSessions
import HTTPTypes

/// A helper.
enum TemplateFunction: Sendable {
    /// `{{url post slug=post.slug}}`: the path of a route.
    case url
    /// `{{static_url "app.js"}}`: the path of a static file, with its version.
    case staticURL
    /// `{{csrf_field}}`: a hidden field with a token for a form.
    case csrfField
    /// `{{csrf_token}}`: the token itself.
    case csrfToken
    /// `{{#flash}}{{kind}} {{text}}{{/flash}}`: the messages for this page.
    case flash
    /// `{{csp_nonce}}`: the nonce of the policy for scripts and styles.
    case contentSecurityNonce
    /// A helper of the application.
    case custom(TemplateHelper)

    // bytes: our own names
    static let builtIn: [String: TemplateFunction] = [
        "url": .url, "static_url": .staticURL, "csrf_field": .csrfField, "csrf_token": .csrfToken, "flash": .flash,
        "csp_nonce": .contentSecurityNonce,
    ]

    /// Whether a tag without arguments names a value and doesn't call this helper.
    var needsArguments: Bool {
        switch self {
        case .url, .staticURL: true
        default: false
        }
    }

    /// The reason why this helper can't be called in this way; nil if it can.
    func mistake(in call: TemplateCall) -> String? {
        switch self {
        case .url:
            if call.arguments.first?.routeName == nil {
                return "a tag for a URL is {{url name key=value}}: the name of the route comes first"
            }
            guard call.arguments.count > 1 else { return nil }
            return "\"\(call.arguments[1].source)\" isn't a value: write key=name or key=\"text\""
        case .staticURL:
            return call.arguments.count == 1 && call.named.isEmpty
                ? nil : "a tag for a static file is {{static_url \"path\"}}, with the path below its directory"
        case .csrfField, .csrfToken, .flash, .contentSecurityNonce:
            return call.arguments.isEmpty && call.named.isEmpty ? nil : "{{\(call.name)}} has no arguments"
        case .custom: return nil
        }
    }

    /// The result of a call.
    ///
    /// - Parameters:
    ///   - arguments: The arguments; for ``url`` without the name of the route.
    ///   - route: The name of the route, for ``url``.
    ///   - visit: The request, and what the page has taken from its session.
    /// - Returns: The value that the tag inserts, or that its section has.
    /// - Throws: The reason why there is no result, or the error of a helper of the application.
    func value(of arguments: TemplateArguments, route: String?, for visit: inout TemplateVisit) throws -> TemplateValue
    {
        switch self {
        case .url:
            var values: [String: String] = [:]  // bytes: names of captures in our own patterns
            for (key, value) in arguments.named {
                // No capture of a URL is empty on purpose.
                if let text = value.text, !text.isEmpty { values[key] = text }
            }
            return TemplateValue(.text(try visit.required().path(of: route ?? "", values)))
        case .staticURL:
            guard let path = arguments[0].text else { throw TemplateVisit.Refusal("the path of the file has no value") }
            return TemplateValue(.text(try visit.required().staticURL(path)))
        case .csrfField:
            let token = HTMLEscaping.escape(try visit.required().session.csrfToken())
            return TemplateValue(.html("<input type=\"hidden\" name=\"_csrf\" value=\"\(token)\">"))
        case .csrfToken: return TemplateValue(.text(try visit.required().session.csrfToken()))
        case .flash: return TemplateValue(.list(try visit.takeFlashes()))
        case .contentSecurityNonce:
            return try visit.required().contentSecurityNonce.map { TemplateValue(.text($0)) } ?? .null
        case .custom(let helper):
            return try helper(arguments, visit.request).map { try TemplateValue(any: $0) } ?? .null
        }
    }
}

extension TemplateCall.Argument {
    /// The name of a route: a text, or a word.
    var routeName: String? {
        switch self {
        case .text(let text), .path(_, let text): text
        case .integer: nil
        }
    }

    /// The text of the argument without quotation marks.
    var source: String {
        switch self {
        case .text(let text), .path(_, let text): text
        case .integer(let integer): String(integer)
        }
    }
}
