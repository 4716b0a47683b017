#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension OrchestrationContext {
    /// Waits for a length of time, seconds or months, on the orchestration's clock. Nothing is held meanwhile.
    ///
    /// - Throws: `CancellationError` if the surrounding Swift task is cancelled; the timer is taken back then.
    public func sleep(for duration: Duration, file: StaticString = #fileID, line: UInt = #line) async throws {
        let site = CallSite(file, line)
        try await core.admit(site)
        try await core.sleep(until: core.now.advanced(by: duration), site)
    }

    /// Waits until a time; not at all, apart from a durable timer that fires at once, if it is past.
    public func sleep(until time: Date, file: StaticString = #fileID, line: UInt = #line) async throws {
        let site = CallSite(file, line)
        try await core.admit(site)
        try await core.sleep(until: Timestamp(time), site)
    }

    /// Sets a timer and goes on. Cancel it when it is no longer needed: an open timer keeps the instance from ending.
    public func startTimer(
        for duration: Duration, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Void> {
        let site = CallSite(file, line)
        return timer(site) { core.now.advanced(by: duration) }
    }

    /// Sets a timer for a time and goes on.
    public func startTimer(
        until time: Date, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Void> {
        timer(CallSite(file, line)) { Timestamp(time) }
    }

    private func timer(_ site: CallSite, _ fireAt: () -> Timestamp) -> DurableTask<Void> {
        let slot: TaskSlot
        do {
            guard core.isLive(site) else { throw OrchestrationEvicted() }
            slot = try core.createTimer(fireAt(), site)
        } catch {
            slot = TaskSlot(kind: .composite, id: -1, name: "timer", outcome: .refused(error))
        }
        return DurableTask(core, slot, site) { _, _ in }
    }
}

extension OrchestratorCore {
    func sleep(until fireAt: Timestamp, _ site: CallSite) async throws {
        let slot = try createTimer(fireAt, site)
        do {
            try await wait(for: slot)
        } catch {
            cancelTimer(slot)
            throw error
        }
    }

    /// What a clock read outside the orchestrator's task shows; the instance fails for it.
    func startTimeElsewhere(_ what: String) -> Date {
        noteForeignCall(what)
        return Date(timeIntervalSince1970: 0)
    }
}
