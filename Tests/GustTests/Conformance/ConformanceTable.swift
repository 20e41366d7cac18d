import Foundation
import GustTesting

/// The document with the conformance matrix.
struct ConformanceTable {
    /// The mode of the run: `check` or `write` the document; nil while the tests run whose results it shows.
    static let mode = ProcessInfo.processInfo.environment["GUST_CONFORMANCE"]

    /// The text of the document.
    private(set) var text = """
        # Conformance

        Every generation over every transport, from the results of the tests: `make test` fails if this page is stale, and
        `scripts/conformance` writes it anew. Each ✓ is one test body (`Tests/GustTests/Conformance`) that passed three times:
        by the client of `GustTesting` for a handler in memory and for a server over TCP, and by `GustClient` over TCP. A – has
        a reason below its table, and so has a feature without `GustClient`.

        """
    /// The cells that failed or weren't run.
    private(set) var problems: [String] = []

    init(_ results: [String: Bool]) {
        for group in Feature.Group.allCases { write(group, results) }
    }

    private mutating func write(_ group: Feature.Group, _ results: [String: Bool]) {
        let features = Feature.allCases.filter { $0.group == group }
        var reasons: [String] = []
        text += "\n## \(group.rawValue)\n\n"
        text += "| generation | transport | " + features.map(\.title).joined(separator: " | ") + " |\n"
        text += "| --- | --- |" + String(repeating: " :-: |", count: features.count) + "\n"
        for profile in ClientProfile.all {
            let cells = features.map { cell($0, profile, results, &reasons) }
            text += "| \(profile.revision) | \(profile.name) | " + cells.joined(separator: " | ") + " |\n"
        }
        text += "\n"
        for feature in features {
            let exemption = feature.exemption(of: .client).map { "; without `GustClient`, because \($0)" } ?? ""
            text += "- **\(feature.title)**: \(feature.summary)\(exemption).\n"
        }
        if !reasons.isEmpty { text += "\n" }
        for (index, reason) in reasons.enumerated() { text += "<sup>\(index + 1)</sup> \(reason).  \n" }
    }

    private mutating func cell(
        _ feature: Feature,
        _ profile: ClientProfile,
        _ results: [String: Bool],
        _ reasons: inout [String]
    ) -> String {
        if let reason = feature.exemption(of: profile) {
            if !reasons.contains(reason) { reasons.append(reason) }
            return "–<sup>\((reasons.firstIndex(of: reason) ?? 0) + 1)</sup>"
        }
        let setups = ConformanceSetup.allCases.filter { feature.exemption(of: $0) == nil }
        let bad = setups.compactMap { setup -> String? in
            switch results[ConformanceRecord.key(feature, profile, setup)] {
            case true?: nil
            case false?: "failed \(setup)"
            case nil: "not run \(setup)"
            }
        }
        problems += bad.map { "\(profile), \(feature.rawValue): \($0)" }
        return bad.isEmpty ? "✓" : bad.joined(separator: ", ")
    }
}

extension ClientProfile {
    /// The name of the transport in the table.
    fileprivate var name: String {
        switch transport {
        case .upgrade: "polling → websocket"
        case .base64Polling: "polling, base64"
        case .jsonp: "polling, JSONP"
        default: transport.rawValue
        }
    }
}
