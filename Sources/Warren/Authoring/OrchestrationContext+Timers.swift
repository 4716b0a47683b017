#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension OrchestrationContext {
    /// Waits for a length of time, seconds or months. Nothing is held meanwhile.
    ///
    /// The length counts from now by the host's clock. A negative one is over at once, and one beyond the year 294247 ends
    /// there.
    ///
    /// - Throws: `CancellationError` if the surrounding Swift task is cancelled; the timer is taken back then.
    public func sleep(for duration: Duration, file: StaticString = #fileID, line: UInt = #line) async throws {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let timer = try core.createTimer(after: duration, site)
        _ = try await core.payload(of: timer, ownsTask: true)
    }

    /// Waits until a time; not at all, apart from a durable timer that fires at once, if it is past.
    public func sleep(until time: Date, file: StaticString = #fileID, line: UInt = #line) async throws {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let timer = try core.createTimer(at: Timestamp(time), site)
        _ = try await core.payload(of: timer, ownsTask: true)
    }

    /// Sets a timer and goes on. Cancel it when it is no longer needed: an open timer keeps the instance from ending.
    public func startTimer(
        for duration: Duration, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Void> {
        let site = CallSite(file, line)
        return timer(site) { try core.createTimer(after: duration, site) }
    }

    /// Sets a timer for a time and goes on.
    public func startTimer(
        until time: Date, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Void> {
        let site = CallSite(file, line)
        return timer(site) { try core.createTimer(at: Timestamp(time), site) }
    }

    private func timer(_ site: CallSite, _ create: () throws -> TaskSlot) -> DurableTask<Void> {
        let slot: TaskSlot
        do {
            guard core.isLive(site) else { throw OrchestrationEvicted() }
            slot = try create()
        } catch {
            slot = TaskSlot(kind: .composite, id: -1, name: "timer", outcome: .refused(error))
        }
        return DurableTask(core, slot, site) { _, _ in }
    }
}

extension OrchestratorCore {
    /// What a clock read outside the orchestrator's task shows; the instance fails for it.
    func startTimeElsewhere(_ what: String) -> Date {
        noteForeignCall(what)
        return Date(timeIntervalSince1970: 0)
    }
}
