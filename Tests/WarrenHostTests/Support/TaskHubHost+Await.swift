import TestSupport
import Testing
import WarrenHost

extension TaskHubHost {
    /// Waits until it takes messages: `true`, or `false` if it ended before it came to that.
    func becomesReady(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Bool {
        try await untilDone("a host to be ready", sourceLocation: sourceLocation) { await self.isReady }
    }
}
