import Dispatch
package import Warren
import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#endif

/// The clock of a host. Tests use a virtual one instead.
package protocol HostClock: Sendable {
    var now: Timestamp { get }

    /// Makes an alarm that calls its handler at the time it is set to.
    ///
    /// - Parameter isAnswered: whether the handler only begins the alarm's work, and `answered` is called when that is
    ///   done. A virtual clock stands still in between.
    func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm
}

extension HostClock {
    /// Makes an alarm with a handler that does all of the alarm's work.
    func makeAlarm(_ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        makeAlarm(isAnswered: false, handler)
    }

    /// Sets an alarm for the end of a pause.
    ///
    /// - Returns: a function that waits for it. It throws `CancellationError` if the task is cancelled first.
    func pause(of duration: Duration) -> @Sendable () async throws -> Void {
        let end = OneShot<Void>()
        let alarm = makeAlarm { end.set(()) }
        alarm.set(after: duration)
        return {
            await withTaskCancellationHandler {
                await end.value
            } onCancel: {
                end.set(())
            }
            alarm.set(to: nil)
            try Task.checkCancellation()
        }
    }
}

/// An alarm that fires once for each time it is set; setting it again moves it. It fires at once if the time has
/// passed.
package protocol HostAlarm: AnyObject, Sendable {
    /// Sets, moves or (with `nil`) silences the alarm.
    func set(to time: Timestamp?)

    /// Sets or moves the alarm to the end of a pause that begins now. The pause does not change if the machine's clock
    /// is set meanwhile.
    func set(after pause: Duration)

    /// Notes that the alarm's work is done.
    func answered()
}

/// The machine's clock.
package struct SystemHostClock: HostClock {
    package init() {}

    package var now: Timestamp { Timestamp(Date()) }

    package func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        SystemAlarm(handler)
    }
}

/// A dispatch timer. It follows the wall clock, so that it is right after the machine slept or its clock was set.
///
/// `@unchecked`: the source is used from its own serial queue only.
private final class SystemAlarm: HostAlarm, @unchecked Sendable {
    private let queue = DispatchQueue(label: "warren.alarm", qos: .userInitiated)
    private let source: any DispatchSourceTimer

    init(_ handler: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeTimerSource(flags: .strict, queue: queue)
        source.setEventHandler(handler: handler)
        source.schedule(wallDeadline: .distantFuture)
        source.activate()
    }

    /// The year 2223.
    private static let latest = Timestamp(microseconds: 8_000_000_000_000_000)

    deinit { source.cancel() }

    func answered() {}

    func set(after pause: Duration) {
        // A pause of more than a century or two is cut to a length that no process outlives.
        let (seconds, rest) = min(max(pause, .zero), .seconds(5_000_000_000)).components
        queue.async { [self] in
            source.schedule(
                deadline: .now() + .nanoseconds(Int(seconds) * 1_000_000_000 + Int(rest / 1_000_000_000)),
                leeway: .nanoseconds(0))
        }
    }

    func set(to time: Timestamp?) {
        queue.async { [self] in
            guard let time else { return source.schedule(wallDeadline: .distantFuture) }
            // Dispatch counts nanoseconds from 1970 in 64 bits, which end in 2262. An alarm for a later time fires at
            // the bound, and its owner finds nothing due and sets it again.
            let bounded = min(max(time, Timestamp(microseconds: 0)), Self.latest)
            let (seconds, rest) = bounded.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
            let wall = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1000)
            source.schedule(wallDeadline: DispatchWallTime(timespec: wall), leeway: .nanoseconds(0))
        }
    }
}
