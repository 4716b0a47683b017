import Testing
import Warren

@testable import WarrenPartition

@Suite("Rules of versions", .timeLimit(.minutes(5)))
struct VersionRulesTests {
    private static func text(_ verdict: VersionVerdict) -> String {
        switch verdict {
        case .runs: "runs"
        case .unknown: "unknown"
        case .waits: "waits"
        case .fails: "fails"
        }
    }

    /// What runs an instance, by the strategy: none, strict, current or older.
    @Test(
        "code without a version runs what the strategy admits",
        arguments: [
            // default version, instance's version, none, strict, currentOrOlder
            (nil, nil, "runs", "runs", "runs"), (nil, "1.0", "runs", "waits", "waits"),
            ("2.0", nil, "runs", "waits", "runs"), ("2.0", "1.9", "runs", "waits", "runs"),
            ("2.0", "2", "runs", "runs", "runs"), ("2.0", "2.1", "runs", "waits", "waits"),
            ("beta", "ALPHA", "runs", "waits", "runs"), ("", "1", "runs", "waits", "waits"),
        ] as [(String?, String?, String, String, String)])
    func strategies(current: String?, version: String?, none: String, strict: String, currentOrOlder: String) {
        for (match, expected) in [
            (VersionRules.Match.none, none), (.strict, strict), (.currentOrOlder, currentOrOlder),
        ] {
            var rules = VersionRules(defaultVersion: current, match: match)
            #expect(Self.text(rules.verdict(on: "O", version, registered: [nil])) == expected)
            rules.mismatch = .fail
            #expect(
                Self.text(rules.verdict(on: "O", version, registered: [nil]))
                    == (expected == "waits" ? "fails" : expected))
            // Code for the version itself runs it under every strategy.
            if let version {
                #expect(rules.verdict(on: "O", version, registered: [nil, version]) == .runs)
            }
            #expect(rules.verdict(on: "O", version, registered: []) == .unknown)
        }
    }

    @Test("a failure names the versions and the settings, and is not retried")
    func failure() {
        let rules = VersionRules(defaultVersion: "2.0", mismatch: .fail)
        guard case .fails(let failure) = rules.verdict(on: "Order", "3.0", registered: [nil, "1.0"]) else {
            Issue.record("it does not fail")
            return
        }
        #expect(failure.type == "VersionMismatch")
        #expect(failure.isNonRetriable)
        for part in [
            "version 3.0 of 'Order'", "Registered are 1.0.", "'orchestrations.versionMatch' admits: currentOrOlder",
            "'orchestrations.defaultVersion' is 2.0",
        ] {
            #expect(failure.message.contains(part), "\(part)")
        }
    }

    @Test(
        "a start gets the version that it names, else the default if it runs, else the newest registered",
        arguments: [
            // asked, default, registered, expected
            ("7", "2.0", [nil], "7"), (nil, nil, [nil], nil), (nil, "2.0", [nil], "2.0"),
            (nil, nil, [nil, "1.0", "2.0"], "2.0"), (nil, "1.0", ["1.0", "2.0"], "1.0"),
            (nil, "3.0", ["1.0", "2.0"], "2.0"), (nil, "1.5", [nil, "2.0"], "1.5"), (nil, "1.0", [], "1.0"),
        ] as [(String?, String?, [String?], String?)])
    func stamps(asked: String?, current: String?, registered: [String?], expected: String?) {
        let rules = VersionRules(defaultVersion: current)
        #expect(rules.version(asked: asked, registered: registered) == expected)
    }
}
