import Testing
import Warren
import WarrenHost

@testable import WarrenConfiguration

/// Limits of activities as operators write them.
@Suite("Limits in the configuration", .timeLimit(.minutes(1)))
struct LimitKeyTests {
    private func limits(_ text: String) throws -> [String: ActivityLimits] {
        let sources = ConfigurationSources(environment: ["WARREN_ACTIVITIES_LIMITS": text])
        return try LoadedConfiguration(sources).host.activities.limits
    }

    @Test("Each activity has its concurrency, its rate in a unit or a duration, and its patience")
    func read() throws {
        let found = try limits(
            "Charge concurrency=20 rate=100/m burst=10 patience=30s,Mail rate=5/s,Slow rate=3/90s,Stopped concurrency=0"
        )
        let second = Duration.seconds(1)
        #expect(
            found == [
                "Charge": ActivityLimits(
                    concurrency: 20, rate: RateLimit(100, per: second * 60, burst: 10), patience: second * 30),
                "Mail": ActivityLimits(rate: RateLimit(5, per: second)),
                "Slow": ActivityLimits(rate: RateLimit(3, per: second * 90)),
                "Stopped": ActivityLimits(concurrency: 0),
            ])
        // A program that states the same has the same text.
        var configuration = HostConfiguration()
        configuration.activities.limits = found
        let key = try #require(ConfigurationKey.all.first { $0.name == "activities.limits" })
        #expect(try limits(try #require(key.value(configuration)).description) == found)
    }

    @Test(
        "What is no limit is refused with the word that is wrong, and what is allowed",
        arguments: [
            ("Charge", "neither a concurrency nor a rate"), ("Charge 20", "'20'"), ("Charge speed=5", "'speed'"),
            ("Charge concurrency=many", "'many'"), ("Charge rate=5", "'5'"), ("Charge rate=5/w", "'5/w'"),
            ("Charge concurrency=1 concurrency=2", "twice"), ("Charge concurrency=1 burst=2", "burst without a rate"),
            ("Charge concurrency=1 patience=30", "'30'"), ("Charge concurrency=-1", "0 to 1000000"),
            ("0x concurrency=1", "names no activity"),
        ])
    func refused(text: String, words: String) throws {
        let error = #expect(throws: (any Error).self) { try limits(text) }
        #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
    }
}
