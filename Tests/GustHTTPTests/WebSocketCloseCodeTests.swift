import GustHTTP
import Testing

/// The codes of RFC 6455 §7.4 and of its IANA registry (1012).
@Suite struct WebSocketCloseCodeTests {
    @Test func `each code has its number`() {
        let codes: [(WebSocketCloseCode, UInt16)] = [
            (.normalClosure, 1000), (.goingAway, 1001), (.protocolError, 1002), (.unsupportedData, 1003),
            (.invalidPayload, 1007), (.policyViolation, 1008), (.messageTooBig, 1009), (.internalError, 1011),
            (.serviceRestart, 1012),
        ]
        for (code, number) in codes {
            #expect(code.rawValue == number)
            #expect(code.isSendable)
        }
    }

    @Test(
        arguments: [
            // Unused, defined and reserved codes: 1004 to 1006 and 1015 must not be sent.
            (0, false), (999, false), (1000, true), (1003, true), (1004, false), (1005, false), (1006, false),
            (1007, true), (1014, true), (1015, false), (1016, false), (2999, false),
            // Codes of libraries and applications.
            (3000, true), (3999, true), (4000, true), (4999, true), (5000, false), (65_535, false),
        ] as [(UInt16, Bool)]
    )
    func `only codes that a close frame may have are sendable`(number: UInt16, isSendable: Bool) {
        #expect(WebSocketCloseCode(rawValue: number).isSendable == isSendable)
    }
}
