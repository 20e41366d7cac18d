import GustHTTP
import GustWeb
import HTTPTypes
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The encoder and decoder of an application.
@Suite struct JSONCodingTests {
    private struct Note: Codable { var writtenOn: Date }

    @Test func `the middleware sets the decoder of bodies and the encoder of responses`() async throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .secondsSince1970
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .secondsSince1970
        let echo = SuspendingHandler { request in JSON(try await request.decode(Note.self)) }
        let exchange = Exchange()
        let body = #"{"written_on":5}"#
        let request = try exchange.request("/", [.contentType: "application/json"], method: .post, body: body)
        let answer = try await exchange.answer(
            request,
            from: JSONCoding(encoder: encoder, decoder: decoder).wrapping(echo)
        )
        #expect(answer.text == body)
    }
}
