import Testing

@testable import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Lengths and times of any size are clamped or refused in words; none of them traps.
@Suite("Times without end", .timeLimit(.minutes(5)))
struct LongTimeTests {
    static let durations: [Duration] = [
        .zero, .nanoseconds(1), .seconds(-1), .seconds(Int64.max), .seconds(Int64.min), .days(Int.max), .days(Int.min),
        .hours(Int.max), .minutes(Int.min), .days(UInt64.max), .microseconds(Int64.max), .microseconds(Int64.min),
        .seconds(Int64.max) + .seconds(Int64.max), .zero - .seconds(Int64.max) - .seconds(Int64.max), .longest,
        .seconds(Int64.max) * 9, .days(7), .milliseconds(-3),
    ]

    @Test("times move by any duration and stay in their range")
    func arithmetic() {
        let times = [Int64.min, .min + 1, -1, 0, 1, 1_700_000_000_000_000, .max - 1, .max].map {
            Timestamp(microseconds: $0)
        }
        for time in times {
            for duration in Self.durations {
                let (later, earlier) = (time.advanced(by: duration), time.moved(backBy: duration))
                #expect(duration > .zero ? later >= time : duration < .microseconds(-1) ? later <= time : true)
                #expect(duration > .zero ? earlier <= time : duration < .microseconds(-1) ? earlier >= time : true)
                _ = time.date + duration
                _ = time.date - duration
            }
            for other in times { #expect(time.advanced(by: other.duration(since: time)).microseconds != 0 || true) }
        }
        var generator = SplitMix64(state: 1)
        for _ in 0..<10_000 {
            let time = Timestamp(microseconds: Int64(truncatingIfNeeded: generator.next()))
            let duration = Duration(
                secondsComponent: Int64(truncatingIfNeeded: generator.next())
                    >> Int.random(in: 0...60, using: &generator),
                attosecondsComponent: 0)
            let moved = time.advanced(by: duration)
            let exact = Int128(time.microseconds) + Int128(duration / .microseconds(1))
            if duration.wholeMicroseconds != .max, duration.wholeMicroseconds != .min {
                #expect(abs(Int128(moved.microseconds) - min(max(exact, Int128(Int64.min)), Int128(Int64.max))) < 2048)
            }
        }
        #expect(Duration.days(Int.max) == .seconds(Int64.max) && Duration.days(2) == .seconds(172_800))
    }

    @Test("orchestrators sleep, wait and retry for any length", arguments: durations)
    func orchestrators(duration: Duration) {
        let host = everywhere(
            Orchestration<Void, Int>("Long") { context in
                let timer = context.startTimer(for: duration)
                timer.cancel()
                context.startTimer(until: context.now + duration).cancel()
                _ = try await context.wait(for: Work.ping, timeout: duration)
                do {
                    _ = try await context.call(
                        Work.fail, "x",
                        retry: RetryPolicy(
                            maxAttempts: 2, firstInterval: duration, backoffCoefficient: 1e300, maxInterval: nil,
                            timeout: nil, jitter: 0.5))
                } catch let failure as TaskFailure { _ = failure } catch let error as WarrenError {
                    guard error.code == .invalidRetryPolicy else { throw error }
                }
                try context.startDetached(Work.echoChild, "x", at: .distantFuture)
                try await context.sleep(for: duration)
                try await context.sleep(until: .distantFuture)
                try await context.sleep(until: .distantPast)
                return 1
            })
        #expect(host.output == "1")
    }

    @Test("a policy that says only its first delay is valid, however long it is")
    func firstInterval() throws {
        for interval in [Duration.days(7), .days(400), .seconds(Int64.max) * 9, .nanoseconds(1)] {
            let policy = RetryPolicy(maxAttempts: 5, firstInterval: interval)
            try policy.validate(file: #fileID, line: #line)
            #expect(policy.delay(afterAttempt: 1, seed: 0) == min(interval, .longest))
        }
        let growing = RetryPolicy(maxAttempts: 9, firstInterval: .days(7), backoffCoefficient: 2)
        #expect(growing.delay(afterAttempt: 4, seed: 0) == .days(7))
        let short = RetryPolicy(maxAttempts: 9, firstInterval: .days(1), backoffCoefficient: 10)
        #expect(short.delay(afterAttempt: 4, seed: 0) == .days(6))
        let limited = RetryPolicy(maxAttempts: 2, firstInterval: .days(7), maxInterval: .days(6))
        #expect(throws: WarrenError.self) { try limited.validate(file: #fileID, line: #line) }
    }

    @Test("a relative timer counts from the wall clock of its round where the execution's clock leads")
    func leadingClock() {
        let functions = FunctionRegistry()
        functions.register(
            Orchestration<Void, Void>("Flow") { context in
                _ = context.startTimer(for: .minutes(1))
                _ = context.startTimer(until: context.now + .minutes(2))
                _ = try await context.wait(for: Work.go, timeout: .minutes(3))
            })
        let host = ScriptedHost(functions, "Flow")
        let actions = host.start().actions
        let wall = host.now.moved(backBy: .days(1))
        let times = actions.compactMap { action -> Timestamp? in
            guard case .timerCreated(_, let fireAt)? = action.timed(from: wall).recordedEvent else { return nil }
            return fireAt
        }
        #expect(
            times == [
                wall.advanced(by: .minutes(1)), host.now.advanced(by: .minutes(2)), wall.advanced(by: .minutes(3)),
            ])
    }
}
