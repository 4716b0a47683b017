#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends requests with `wrk` (https://github.com/wg/wrk), over a number of connections at a time.
struct WrkLoad: Sendable {
    /// The result of a run.
    struct Result: Sendable {
        var requests: Int
        var perSecond: Double
        /// Milliseconds.
        var p50: Double
        var p99: Double
        /// Answers with an error, and connections that broke.
        var errors: Int
    }

    let url: String
    let connections: Int
    let seconds: Int
    /// The requests per second that are offered; `nil` for as many as are answered.
    let rate: Int?
    /// Lua that defines the function `request`.
    let requests: String

    /// Runs it to its end.
    ///
    /// - Throws: `BenchError` if there is no `wrk`, or it says nothing.
    func run(in directory: WorkDirectory) async throws -> Result {
        let script = "\(directory.path)/wrk.lua"
        try (requests + pace + Self.report).write(toFile: script, atomically: true, encoding: .utf8)
        let wrk = try ChildProcess(
            [
                "--threads", "1", "--connections", String(connections), "--duration", "\(seconds)s", "--timeout", "10s",
                "--script", script, url,
            ], program: "wrk", log: "\(directory.path)/wrk.log")
        var result: Result?
        while let line = await wrk.line() {
            let words = line.split(separator: " ")
            guard words.first == "warren", words.count == 6 else { continue }
            let numbers = words.dropFirst().compactMap { Double($0) }
            guard numbers.count == 5 else { continue }
            // trap: there are five.
            let (count, microseconds, p50, p99, errors) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
            result = Result(
                requests: Int(count), perSecond: count / max(microseconds / 1e6, 1e-9), p50: p50 / 1000,
                p99: p99 / 1000,
                errors: Int(errors))
        }
        await wrk.wait()
        guard let result else {
            throw BenchError(.host, "wrk said nothing: is it installed (apt-get install wrk), and does \(url) answer?")
        }
        return result
    }

    /// Lua that spaces requests evenly, whichever connection sends them. A request that is late is sent at once.
    private var pace: String {
        guard let rate else { return "" }
        return """

            local ffi = require("ffi")
            ffi.cdef[[typedef struct { long s; long us; } warren_time; int gettimeofday(warren_time *, void *);]]
            local moment = ffi.new("warren_time")
            local function now()
                ffi.C.gettimeofday(moment, nil)
                return tonumber(moment.s) * 1000 + tonumber(moment.us) / 1000
            end
            local slot = nil
            function delay()
                local time = now()
                slot = math.max((slot or time) + 1000 / \(rate), time - 100)
                return math.max(0, math.floor(slot - time + 0.5))
            end

            """
    }

    private static let report = """

        function done(summary, latency, requests)
            local errors = summary.errors
            io.write(string.format("warren %d %d %.1f %.1f %d\\n", summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(99),
                errors.status + errors.connect + errors.read + errors.write + errors.timeout))
        end

        """
}
