#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension OrchestrationContext {
    /// Waits for a length of time, seconds or months. No thread or memory is held meanwhile.
    ///
    /// The length counts from now by the host's clock. A negative one ends at once, and one beyond the year 294247 ends
    /// there.
    ///
    /// - Throws: `CancellationError` if the surrounding Swift task is cancelled; the timer is then cancelled.
    public func sleep(for duration: Duration, file: StaticString = #fileID, line: UInt = #line) async throws {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let timer = try core.createTimer(after: duration, site)
        _ = try await core.payload(of: timer, ownsTask: true)
    }

    /// Waits until a time; a past time is a durable timer that fires at once.
    public func sleep(until time: Date, file: StaticString = #fileID, line: UInt = #line) async throws {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let timer = try core.createTimer(at: Timestamp(time), site)
        _ = try await core.payload(of: timer, ownsTask: true)
    }

    /// Starts a timer without waiting for it. Cancel it when it is no longer needed: an open timer keeps the instance
    /// from ending.
    public func startTimer(
        for duration: Duration, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Void> {
        let site = CallSite(file, line)
        return timer(site) { try core.createTimer(after: duration, site) }
    }

    /// Starts a timer for a time without waiting for it.
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
    /// The time that a clock read outside the orchestrator's task returns; the instance fails for it.
    func startTimeElsewhere(_ what: String) -> Date {
        noteForeignCall(what)
        return Date(timeIntervalSince1970: 0)
    }
}
