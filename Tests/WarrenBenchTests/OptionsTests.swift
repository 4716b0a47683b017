import ArgumentParser
import Testing

@testable import WarrenBench

@Suite("What the command line of the benchmarks takes", .timeLimit(.minutes(5)))
struct OptionsTests {
    @Test("A run is without a journal unless the command line says so")
    func durability() throws {
        #expect(try BenchOptions.parse([]).durability == .local)
        #expect(try BenchOptions.parse(["--durability", "journal"]).durability == .journal)
        let settings = try BenchOptions.parse(["--durability", "journal", "--broker", "amqp://localhost"])
            .settings(.rabbitMQ)
        #expect(settings.durability == .journal)
    }

    @Test("A journal without a broker, or for a workload without a hub, is refused in words")
    func refusals() {
        func message(_ parse: () throws -> some ParsableArguments) -> String {
            do {
                _ = try parse()
                return ""
            } catch {
                return BenchCommand.message(for: error)
            }
        }
        #expect(
            message { try BenchOptions.parse(["--durability", "journal", "--transport", "in-process"]) }
                .contains("needs a broker"))
        #expect(message { try BenchOptions.parse(["--durability", "raid"]) }.contains("'raid'"))
        #expect(
            message { try WorkloadCommand<ReplayWorkload>.parse(["--durability", "journal"]) }.contains("has no hub"))
        #expect(message { try WorkloadCommand<SequenceWorkload>.parse(["--durability", "journal"]) }.isEmpty)
    }

    @Test("A comparison alternates for each number in flight, not after all of them")
    func parts() {
        #expect(SequenceWorkload(WorkloadSize()).parts.count == 4)
        #expect(SequenceWorkload(WorkloadSize(inFlight: 7, count: 3)).parts.count == 1)
        #expect(FanOutWorkload(WorkloadSize()).parts.count == 1)
    }
}
