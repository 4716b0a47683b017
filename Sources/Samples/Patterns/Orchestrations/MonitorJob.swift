import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Monitor: looks at a job again and again, until it is done or the time is up.
func monitorJob(_ context: OrchestrationContext, _ watch: JobWatch) async throws -> JobReport {
    let deadline = context.now.addingTimeInterval(Double(watch.forSeconds ?? 3600))
    let interval = Duration.seconds(watch.everySeconds ?? 5)
    var report = JobReport(job: watch.job, isDone: false, looks: 0)
    while true {
        report.isDone = try await context.call(Patterns.checkJob, watch.job)
        report.looks += 1
        if report.isDone || context.now >= deadline { return report }
        try context.setCustomStatus("looked \(report.looks) times")
        try await context.sleep(for: interval)
    }
}
