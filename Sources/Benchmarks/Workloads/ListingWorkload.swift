import Warren
import WarrenClient

/// The sequence beside a client that lists instances without a pause: a thousand with inputs of 1 MiB, in turn without
/// their inputs, which is one page, and with them, which is many.
///
/// The rate without the listing is measured before and after, with the same loop.
struct ListingWorkload: Workload {
    static let name = "listing"
    static let abstract =
        "'sequence', 100 in flight, beside a client that lists 1000 instances with inputs of 1 MiB without a pause."
    /// The share of the rate without the listing that is left beside it.
    static let ratio = "rateKept"

    /// The size of an input as JSON, in bytes: the largest that a host takes by default.
    private static let inputBytes = 1 << 20
    /// The number of instances with large inputs that are stored at the same time.
    private static let storing = 16
    private static let chunk = 500
    private static let seconds = 12

    private let size: WorkloadSize

    init(_ size: WorkloadSize) { self.size = size }

    func run(on bench: Bench) async throws {
        let runs = Counter()
        let inFlight = size.inFlight ?? 100
        let listed = size.count ?? 1000
        try await bench.measure(
            Self.name, inFlight: inFlight,
            register: { host in
                Functions.registerFive(with: host, runs)
                host.register(Functions.store) { _, text in text.utf8.count }
            },
            { hub, _ in
                let client = try await hub.client(logger: bench.logger)
                do {
                    let measurement = try await measure(hub, client, listed: listed, inFlight: inFlight, runs)
                    await client.close()
                    return measurement
                } catch {
                    await client.close()
                    throw error
                }
            })
    }

    private func measure(
        _ hub: BenchHub, _ client: TaskHubClient, listed: Int, inFlight: Int, _ runs: Counter
    ) async throws -> Measurement {
        // 1. The instances that are listed.
        let text = String(repeating: "x", count: Self.inputBytes - 2)
        _ = try await hub.load.store(text, count: listed, inFlight: Self.storing)
        // 2. The sequence alone, beside the listing, and alone.
        var loop = SequenceLoop(hub, inFlight: inFlight, chunk: Self.chunk)
        try await loop.warmUp()
        let before = loop.done
        let meter = try await hub.meter()
        let alone = try await loop.run(for: .seconds(Self.seconds))
        let (rows, lists) = (Counter(), Counter())
        let beside = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try await Self.list(client, listed, rows, withInputs: lists.value % 2 == 1)
                    lists.add()
                }
            }
            let rate = try await loop.run(for: .seconds(Self.seconds))
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // The listing that was under way.
            }
            return rate
        }
        let again = try await loop.run(for: .seconds(Self.seconds))
        let usage = try await meter.stop()
        try Functions.verify(runs, are: loop.done * Functions.activitiesOfFive)
        let free = (alone + again) / 2
        return Measurement(
            orchestrations: loop.done - before, activities: (loop.done - before) * Functions.activitiesOfFive,
            latencies: loop.latencies, usage: usage, instances: loop.done + listed
        ) { _ in
            [
                "sequencesAlone": free, "sequencesBeside": beside, Self.ratio: beside / max(free, 1e-9),
                "listings": Double(lists.value), "rowsPerSecond": Double(rows.value) / Double(Self.seconds),
            ]
        }
    }

    /// Lists the instances with large inputs, page by page.
    ///
    /// - Throws: `BenchError` if a page leaves one out, or has another input.
    private static func list(
        _ client: TaskHubClient, _ listed: Int, _ found: Counter, withInputs: Bool
    ) async throws {
        var query = InstanceQuery(name: Functions.store.name, limit: 1000, includeInput: withInputs)
        var rows = 0
        repeat {
            let page = try await client.list(query)
            guard page.incomplete.isEmpty else { throw BenchError(.stalled, "A partition did not answer a listing") }
            for instance in page.instances where withInputs && instance.input?.bytes.count != inputBytes {
                throw BenchError(.wrong, "The listing has another input for \(instance.instanceID)")
            }
            rows += page.instances.count
            found.add(page.instances.count)
            query.after = page.next
        } while query.after != nil && !Task.isCancelled
        guard rows == listed || Task.isCancelled else {
            throw BenchError(.wrong, "The listing has \(rows) instances of \(listed)")
        }
    }
}
