import Foundation
import Testing
import WarrenSupport

@testable import Warren

@Suite("Cron expressions", .timeLimit(.minutes(1)))
struct CronTests {
    private func next(_ cron: String, _ count: Int, after: String, _ zone: String) throws -> [String] {
        let expression = try CronExpression(cron)
        let zone = try #require(TimeZone(identifier: zone))
        var time = try #require(ISO8601.timestamp(after))
        var times: [String] = []
        while times.count < count, let next = expression.next(after: time, in: zone) {
            #expect(next > time)
            times.append(ISO8601.text(next))
            time = next
        }
        return times
    }

    @Test(
        "The next times are those of a table of known answers",
        arguments: [
            ("* * * * *", "2030-01-01T00:00:00Z", ["2030-01-01T00:01:00Z", "2030-01-01T00:02:00Z"]),
            ("* * * * *", "2030-01-01T00:00:59.999999Z", ["2030-01-01T00:01:00Z"]),
            ("*/15 * * * *", "2030-01-01T00:46:00Z", ["2030-01-01T01:00:00Z", "2030-01-01T01:15:00Z"]),
            (
                "0-30/10,59 9 * * *", "2030-01-01T09:25:00Z",
                ["2030-01-01T09:30:00Z", "2030-01-01T09:59:00Z", "2030-01-02T09:00:00Z"]
            ),
            (
                "5/20 * * * *", "2030-01-01T00:05:00Z",
                ["2030-01-01T00:25:00Z", "2030-01-01T00:45:00Z", "2030-01-01T01:05:00Z"]
            ),
            ("30 2 * * mon-fri", "2030-01-04T02:30:00Z", ["2030-01-07T02:30:00Z", "2030-01-08T02:30:00Z"]),
            ("0 0 * * 0", "2030-01-01T00:00:00Z", ["2030-01-06T00:00:00Z"]),
            ("0 0 * * 7", "2030-01-01T00:00:00Z", ["2030-01-06T00:00:00Z"]),
            (
                "0 0 * * 5-7", "2030-01-03T00:00:00Z",
                ["2030-01-04T00:00:00Z", "2030-01-05T00:00:00Z", "2030-01-06T00:00:00Z"]
            ),
            // Both days restricted: one of them is enough. One of them `*` or a step of it: both have to fit.
            ("0 0 13 * fri", "2030-09-01T00:00:00Z", ["2030-09-06T00:00:00Z", "2030-09-13T00:00:00Z"]),
            ("0 0 13 * 1", "2030-01-01T00:00:00Z", ["2030-01-07T00:00:00Z", "2030-01-13T00:00:00Z"]),
            ("0 0 */10 * 2", "2030-01-01T00:00:00Z", ["2030-05-21T00:00:00Z"]),
            ("0 0 31 * *", "2030-01-31T00:00:00Z", ["2030-03-31T00:00:00Z", "2030-05-31T00:00:00Z"]),
            ("0 0 29 2 *", "2097-01-01T00:00:00Z", ["2104-02-29T00:00:00Z", "2108-02-29T00:00:00Z"]),
            ("0 12 1 JAN,Jul *", "2030-01-01T12:00:00Z", ["2030-07-01T12:00:00Z", "2031-01-01T12:00:00Z"]),
            ("@daily", "2030-01-01T00:00:00Z", ["2030-01-02T00:00:00Z"]),
            ("@weekly", "2030-01-01T00:00:00Z", ["2030-01-06T00:00:00Z"]),
            ("@yearly", "2030-01-01T00:00:00Z", ["2031-01-01T00:00:00Z"]),
            ("0 0 * * *", "1969-12-30T12:00:00Z", ["1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"]),
        ] as [(String, String, [String])])
    func table(cron: String, after: String, times: [String]) throws {
        #expect(try next(cron, times.count, after: after, "UTC") == times)
    }

    @Test(
        "Where clocks are put forward, a time that does not exist moves on; put back, one that exists twice is once",
        arguments: [
            // Berlin: 2030-03-31 02:00 becomes 03:00, 2030-10-27 03:00 becomes 02:00.
            (
                "30 2 * * *", "2030-03-29T12:00:00Z",
                ["2030-03-30T01:30:00Z", "2030-03-31T01:30:00Z", "2030-04-01T00:30:00Z"]
            ),
            ("30 2,3 * * *", "2030-03-31T00:00:00Z", ["2030-03-31T01:30:00Z", "2030-04-01T00:30:00Z"]),
            ("30 2 * * *", "2030-10-26T12:00:00Z", ["2030-10-27T00:30:00Z", "2030-10-28T01:30:00Z"]),
            ("30 1 * * *", "2030-03-30T12:00:00Z", ["2030-03-31T00:30:00Z", "2030-03-31T23:30:00Z"]),
            // Every hour: as clocks show it.
            (
                "30 * * * *", "2030-03-31T00:00:00Z",
                ["2030-03-31T00:30:00Z", "2030-03-31T01:30:00Z", "2030-03-31T02:30:00Z"]
            ),
            (
                "30 * * * *", "2030-10-27T00:00:00Z",
                ["2030-10-27T00:30:00Z", "2030-10-27T01:30:00Z", "2030-10-27T02:30:00Z"]
            ),
            ("0 */2 * * *", "2030-03-30T23:30:00Z", ["2030-03-31T02:00:00Z", "2030-03-31T04:00:00Z"]),
        ] as [(String, String, [String])])
    func daylightSaving(cron: String, after: String, times: [String]) throws {
        #expect(try next(cron, times.count, after: after, "Europe/Berlin") == times)
    }

    @Test("Zones with odd offsets, and one in which midnight does not exist once a year")
    func zones() throws {
        #expect(try next("0 9 * * *", 1, after: "2030-01-01T00:00:00Z", "Asia/Kathmandu") == ["2030-01-01T03:15:00Z"])
        #expect(
            try next("0 9 * * *", 1, after: "2030-01-01T00:00:00Z", "Pacific/Kiritimati") == ["2030-01-01T19:00:00Z"])
        #expect(
            try next("0 2 * * sun", 2, after: "2030-03-09T12:00:00Z", "America/New_York")
                == ["2030-03-10T07:00:00Z", "2030-03-17T06:00:00Z"])
        // Lord Howe Island puts its clocks by half an hour.
        #expect(
            try next("15 2 * * *", 2, after: "2030-10-05T00:00:00Z", "Australia/Lord_Howe")
                == ["2030-10-05T15:45:00Z", "2030-10-06T15:15:00Z"])
    }

    @Test(
        "What is no cron expression is refused with the field's name",
        arguments: [
            ("", "five"), ("* * * *", "five"), ("* * * * * *", "five"), ("60 * * * *", "minute"),
            ("* 24 * * *", "hour"),
            ("* * 0 * *", "day of the month"), ("* * 32 * *", "day of the month"), ("* * * 13 *", "month"),
            ("* * * foo *", "month"), ("* * * * 8", "day of the week"), ("*/0 * * * *", "minute"),
            ("5- * * * *", "minute"),
            ("5-1 * * * *", "minute"), (",5 * * * *", "minute"), ("1/2/3 * * * *", "minute"), ("-5 * * * *", "minute"),
            ("* * L * *", "day of the month"), ("@reboot", "five"), ("+5 * * * *", "minute"), ("٥ * * * *", "minute"),
        ])
    func refused(text: String, word: String) {
        let problem = #expect(throws: ScheduleProblem.self) { try CronExpression(text) }
        #expect(problem?.description.contains(word) == true)
    }

    @Test("A day that never comes is refused by the schedule, and searched for no longer than nine years")
    func never() throws {
        #expect(try next("0 0 30 2 *", 1, after: "2030-01-01T00:00:00Z", "UTC") == [])
        let schedule = Schedule(named: "Report", .cron("0 0 31 4,6,9,11 *"))
        #expect(throws: ScheduleProblem.self) { try schedule.check() }
    }
}
