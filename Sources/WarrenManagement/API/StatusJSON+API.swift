#if HTTP
import Warren
import WarrenClient
import WarrenSupport

/// Writes an instance as `/api/v1` shows it: the members of `warren status --json`, times as RFC 3339.
extension StatusJSON {
    init(api status: OrchestrationStatus) {
        self.init(
            status,
            [
                .name, .instanceID, .executionID, .runtimeStatus, .createdTime, .lastUpdatedTime, .scheduledStartTime,
                .input, .output, .customStatus, .failure, .tags, .openTasks, .waitsFor, .parentID, .version,
                .suspension, .bodyEnd, .omitted,
            ], time: { ISO8601.text($0) })
    }
}
#endif
