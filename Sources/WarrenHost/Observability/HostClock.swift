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

/// The time that a host lives by. Tests put a virtual one in its place.
package protocol HostClock: Sendable {
    var now: Timestamp { get }

    /// An alarm that calls its handler when the time it is set to has come.
    ///
    /// - Parameter isAnswered: whether the handler only begins what the alarm is for, and `answered` is called when that
    ///   is done. A virtual clock stands still in between.
    func makeAlarm(isAnswered: Bool, _ handler: @escaping @Sendable () -> Void) -> any HostAlarm
}

extension HostClock {
    /// An alarm whose handler does all that the alarm is for.
    func makeAlarm(_ handler: @escaping @Sendable () -> Void) -> any HostAlarm {
        makeAlarm(isAnswered: false, handler)
    }

    /// Sets an alarm for the end of a pause.
    ///
    /// - Returns: what waits for it. Throws `CancellationError` if the task is cancelled first.
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

/// Rings once for each time it is set; setting it again moves it. Rings at once if the time has passed.
package protocol HostAlarm: AnyObject, Sendable {
    /// Sets, moves or (with `nil`) silences the alarm.
    func set(to time: Timestamp?)

    /// Sets or moves the alarm to the end of a pause that begins now. It takes as long if the machine's clock is set meanwhile.
    func set(after pause: Duration)

    /// What the alarm rang for has been dealt with.
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

/// A dispatch timer: for times on the wall clock, so that it is right after the machine slept or its clock was set.
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
        // Beyond a century or two, nobody waits for it.
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
            // Dispatch counts nanoseconds from 1970 in 64 bits, which end in 2262. An alarm for later rings at the bound, and
            // the one who set it sees that nothing is due and sets it again.
            let bounded = min(max(time, Timestamp(microseconds: 0)), Self.latest)
            let (seconds, rest) = bounded.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
            let wall = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1000)
            source.schedule(wallDeadline: DispatchWallTime(timespec: wall), leeway: .nanoseconds(0))
        }
    }
}
