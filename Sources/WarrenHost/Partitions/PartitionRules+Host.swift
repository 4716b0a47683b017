import Logging
import Warren
import WarrenPartition

extension PartitionRules {
    /// Makes the rules of a host's partition.
    init(_ setup: PartitionSetup) {
        let configuration = setup.configuration
        self.init(
            partition: setup.partition, warmInstances: configuration.warmInstancesPerPartition,
            outboxLimit: setup.outboxLimit, payloadLimit: configuration.payloadLimits.message,
            unknownOrchestrationGrace: configuration.graces.unknownOrchestration,
            earlyEventGrace: configuration.graces.earlyEvent, maximumHeldMessages: configuration.messages.maximumHeld,
            maximumHeldBytes: configuration.messages.maximumHeldSize, lease: configuration.leases.duration,
            duplicateMemory: configuration.messages.duplicateMemory, waiters: setup.waiterBounds,
            lifecycleEvents: Set(configuration.reports.lifecycle.map(\.value)),
            consoleReports: ConsoleReports(configuration.reports.console),
            observesHeartbeats: setup.logger.logLevel <= .debug)
        localActivities = configuration.localActivities(among: setup.functions.activityNames)
    }
}

extension PartitionRules.ConsoleReports {
    fileprivate init(_ reports: HostConfiguration.ConsoleReports) {
        switch reports {
        case .nothing: self = .nothing
        case .everything: self = .everything
        default: self = .failures
        }
    }
}
