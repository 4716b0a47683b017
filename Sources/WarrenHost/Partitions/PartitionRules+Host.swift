import Logging
import WarrenPartition

extension PartitionRules {
    /// Makes the rules of a host's partition.
    init(_ setup: PartitionSetup) {
        let configuration = setup.configuration
        self.init(
            partition: setup.partition, warmInstances: configuration.warmInstancesPerPartition,
            outboxLimit: setup.outboxLimit, payloadLimit: configuration.payloadLimits.message,
            unknownOrchestrationGrace: configuration.unknownOrchestrationGrace,
            earlyEventGrace: configuration.earlyEventGrace, maximumHeldMessages: configuration.maximumHeldMessages,
            maximumHeldBytes: configuration.maximumHeldBytes, lease: configuration.lease,
            duplicateMemory: configuration.duplicateMemory, waiters: setup.waiterBounds,
            lifecycleEvents: Set(configuration.lifecycleEvents.compactMap { LifecycleEvent(rawValue: $0.description) }),
            consoleReports: ConsoleReports(configuration.consoleReports),
            observesHeartbeats: setup.logger.logLevel <= .debug)
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
