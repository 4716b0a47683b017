import Testing
import WarrenHost

/// The texts of durations, sizes and numbers, and the names that are near each other.
@Suite("Values as people write them", .timeLimit(.minutes(1)))
struct UnitTests {
    @Test(
        "A duration is read with its unit",
        arguments: [
            ("0s", .zero), ("500ms", .milliseconds(500)), ("30s", .seconds(30)), ("5m", .seconds(300)),
            ("1h30m", .seconds(5400)), ("7d", .seconds(604_800)), ("1d2h3m4s5ms", .milliseconds(93_784_005)),
            ("PT30S", .seconds(30)), ("pt1h30m", .seconds(5400)), ("P7D", .seconds(604_800)),
            ("P1DT1S", .seconds(86_401)),
        ] as [(String, Duration)])
    func durations(text: String, duration: Duration) {
        #expect(DurationText.read(text) == duration)
    }

    @Test(
        "What is no duration is none, and the nearest one is guessed",
        arguments: [
            ("30", "30s"), ("30 s", "30s"), ("5 min", "5m"), ("2 hours", "2h"), ("1.5h", "1h30m"), ("", nil),
            ("s", nil),
            ("1m1h", "1m"), ("1s1s", "1s"), ("-3s", nil), ("P", nil), ("PT", nil), ("P1DT", nil), ("PT1D", nil),
            ("99999999999999999999d", nil), ("9223372036854775807s", nil), ("infinity", nil), ("٣s", nil),
        ] as [(String, String?)])
    func noDurations(text: String, guess: String?) {
        #expect(DurationText.read(text) == nil)
        #expect(DurationText.guess(text) == guess)
    }

    @Test("Every duration that is written is read again, to the millisecond")
    func durationsAgain() {
        for milliseconds in [0, 1, 999, 1000, 59_999, 60_000, 3_600_000, 86_400_000, 90_061_001, 31_535_999_999_999] {
            let duration = Duration.milliseconds(milliseconds)
            #expect(DurationText.read(DurationText.text(of: duration)) == duration)
        }
    }

    @Test(
        "A size is read with its unit, or as a number of bytes",
        arguments: [
            ("0", 0), ("1048576", 1 << 20), ("64KiB", 64 << 10), ("8MiB", 8 << 20), ("1GiB", 1 << 30),
            ("1TiB", 1 << 40),
        ])
    func sizes(text: String, bytes: Int) {
        #expect(SizeText.read(text) == bytes)
        #expect(SizeText.read(SizeText.text(of: bytes)) == bytes)
    }

    @Test(
        "What is no size is none, and the nearest one is guessed",
        arguments: [
            ("64MB", "64MiB"), ("64 MiB", "64MiB"), ("64m", "64MiB"), ("1_000", "1000"), ("8 bytes", "8"), ("MiB", nil),
            ("", nil), ("64XiB", nil), ("1.5GiB", nil), ("9223372036854775807KiB", nil),
        ] as [(String, String?)])
    func noSizes(text: String, guess: String?) {
        #expect(SizeText.read(text) == nil)
        #expect(SizeText.guess(text) == guess)
    }

    @Test("The nearest name differs in few letters, or there is none")
    func nearest() {
        let names = ["activities.concurrency", "hub", "leases.duration", "roles"]
        #expect(NearestName.of("activites.concurency", among: names) == "activities.concurrency")
        #expect(NearestName.of("Hub", among: names) == "hub")
        #expect(NearestName.of("hbu", among: names) == "hub")
        #expect(NearestName.of("rolse", among: names) == "roles")
        #expect(NearestName.of("something", among: names) == nil)
        #expect(NearestName.of("", among: names) == nil)
        #expect(NearestName.of(String(repeating: "x", count: 100_000), among: names) == nil)
        #expect(NearestName.of("hub", among: []) == nil)
    }
}
