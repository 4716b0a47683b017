import ArgumentParser

/// `warren-bench`: measures Warren as it runs in production, next to what the machine can do at the same time.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warren-bench",
        abstract: "Measures Warren under load, next to what disk and broker can do at the same time.",
        discussion: """
            Every run makes a task hub of its own on the broker and a data directory of its own, verifies every result, \
            and removes both. Durability is that of production: synchronous=FULL, persistent messages, confirms.

            Exit codes: 0 all is well, 1 something was lost, duplicated or wrong, 2 a bar was missed (--check), \
            64 the command line makes no sense, 130 it was interrupted.
            """,
        subcommands: [
            WorkloadCommand<SequenceWorkload>.self, WorkloadCommand<FanOutWorkload>.self,
            WorkloadCommand<ChildrenWorkload>.self,
            WorkloadCommand<EventsWorkload>.self, WorkloadCommand<TimersWorkload>.self,
            WorkloadCommand<StartWorkload>.self, WorkloadCommand<LongWorkload>.self,
            WorkloadCommand<FairnessWorkload>.self,
            WorkloadCommand<ReplayWorkload>.self, WorkloadCommand<IdleWorkload>.self, AllCommand.self,
            WorkloadCommand<FollowerWorkload>.self, WorkloadCommand<HTTPWorkload>.self,
            WorkloadCommand<ListingWorkload>.self, FailoverCommand.self,
            PlanCommand.self, FillCommand.self, HostCommand.self,
        ])
}
