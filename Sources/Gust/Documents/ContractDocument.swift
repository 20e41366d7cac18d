public import GustContract
import GustFiles
public import GustHTTP
import NIOCore

/// A document of a contract as a file: the types for TypeScript, or the description by AsyncAPI.
///
/// ```swift
/// app.get("/chat.d.ts", use: try .typeScript(of: chat))
/// app.get("/asyncapi.json", use: try .asyncAPI(of: chat))
/// ```
/// The document is written once, when the route is registered. It shows everybody the names of all events and their arguments.
public struct ContractDocument: Handler {
    private let file: EmbeddedFile

    fileprivate init(_ name: String, _ text: String) {
        file = EmbeddedFile(name: name, bytes: ByteBuffer(string: text))
    }

    /// Sends the document, compressed if the client accepts that, or 304.
    public func answer(_ request: Request) -> Answer { file.answer(request) }
}

extension Handler where Self == ContractDocument {
    /// The types of a contract's events for TypeScript; see ``GustContract/Contract/typeScript()``.
    ///
    /// - Throws: `ContractError` if the shape of a type can't be found out, or two events have one name.
    public static func typeScript(of contract: any Contract) throws -> ContractDocument {
        ContractDocument("contract.txt", try contract.typeScript())
    }

    /// A contract's events as a document of AsyncAPI 3.0; see ``GustContract/Contract/asyncAPI()``.
    ///
    /// - Throws: `ContractError` if the shape of a type can't be found out, or two events have one name.
    public static func asyncAPI(of contract: any Contract) throws -> ContractDocument {
        ContractDocument("asyncapi.json", try contract.asyncAPI())
    }
}
