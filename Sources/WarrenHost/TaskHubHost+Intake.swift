import Logging
import Warren
import WarrenMessaging
import WarrenStorage

/// Creates the intakes through which messages from outside reach partitions.
extension TaskHubHost {
    /// Makes an intake for each partition of the hub, also for those that cannot run here: their messages wait in their
    /// queues.
    func makeIntakes(
        _ parts: inout HostParts, _ record: FlightRecord, _ transport: any MessageTransport, _ relayWire: PartitionWire
    ) async throws -> [Int: PartitionIntake] {
        // Half of the prefetch remains free even if all partitions have used up their shares.
        let limit = configuration.messages.prefetch / (2 * configuration.partitionCount)
        var intakes: [Int: PartitionIntake] = [:]
        for number in 0..<configuration.partitionCount {
            let index = parts.partitions.firstIndex { $0.runner.partition == number }
            var isDetoured = false
            if transport.outlivesProcess {
                let queue = names.detourQueue(number, of: configuration.partitionCount)
                let waiting = try await transport.depth(of: queue)
                isDetoured = record.isDetoured(number) || waiting > 0
            }
            let wire = index.map { parts.partitions[$0].wire }
            let intake = PartitionIntake(
                partition: number, mailbox: index.map { parts.partitions[$0].runner.mailbox }, limit: limit,
                isDetoured: isDetoured, canDetour: transport.outlivesProcess,
                wire: DetourWire(names: names, wire: wire ?? relayWire, random: environment.random),
                publisher: parts.publisher, remember: { record.setDetoured($0, number) }, logger: logger)
            if let index { parts.partitions[index].intake = intake }
            intakes[number] = intake
        }
        return intakes
    }

    func makeRelay(
        _ intakes: [Int: PartitionIntake], _ publisher: ReliablePublisher, _ transport: any MessageTransport,
        _ wire: PartitionWire, _ claims: ClaimCheck?
    ) -> IntakeRelay {
        let functions = functions
        let clock = environment.clock
        let decoder = IntakeDecoder(
            hub: names, replies: ReplyRules(prefixes: configuration.messages.replyQueuePrefixes.sorted()),
            carriesBaggage: configuration.messages.carriesBaggage, knows: { functions.runs(orchestration: $0) },
            now: { clock.now })
        return IntakeRelay(
            decoder: decoder,
            large: claims.map { LargeIntake(claims: $0, decoder: decoder, clock: clock, logger: logger) },
            wire: wire, partitions: intakes, publisher: publisher, clock: environment.clock,
            logger: logger, watch: transport.outlivesProcess ? SystemHostClock() : nil)
    }

    func makeDeadWorkReader(
        _ owned: OwnedPartitions, _ publisher: ReliablePublisher, _ wire: PartitionWire
    ) -> DeadWorkReader {
        let numbers = 0..<configuration.partitionCount
        return DeadWorkReader(
            names: names, owned: owned,
            shares: Dictionary(numbers.map { ($0, IntakeShare()) }) { first, _ in first },
            limit: max(1, configuration.messages.prefetch / (2 * configuration.partitionCount)),
            wire: wire, publisher: publisher,
            clock: environment.clock, logger: logger)
    }
}
