import Testing

@testable import WarrenHost

@Suite("The bound on instances in memory", .timeLimit(.minutes(5)))
struct WarmInstancesTests {
    @Test("is the process's, and each partition has an equal share")
    func share() {
        var configuration = HostConfiguration(partitionCount: 3)
        let shares = [0: 0, 1: 1, 3: 1, 9_000: 3_000, 10_000: 3_334]
        for (bound, share) in shares {
            configuration.orchestrations.warmInstances = bound
            #expect(configuration.warmInstancesPerPartition == share)
        }
    }
}
