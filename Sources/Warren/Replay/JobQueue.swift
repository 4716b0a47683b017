/// The jobs of the instance that is being driven, first in, first out.
///
/// It belongs to the driver, and an instance refers to it only while it is driven: a suspended instance holds no queue.
///
/// `@unchecked Sendable`: one driver has it at a time; the pool's mutex passes it from one to the next.
final class JobQueue: @unchecked Sendable {
    @exclusivity(unchecked) private var jobs: [UnownedJob] = []
    @exclusivity(unchecked) private var head = 0

    func append(_ job: UnownedJob) {
        jobs.append(job)
    }

    func next() -> UnownedJob? {
        guard head < jobs.count else {
            jobs.removeAll(keepingCapacity: jobs.capacity <= 4096)
            head = 0
            return nil
        }
        defer { head += 1 }
        return jobs[head]
    }
}
