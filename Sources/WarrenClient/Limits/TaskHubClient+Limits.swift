public import Warren
import WarrenMessaging
import WarrenSupport

/// Shows and changes the limits of activities.
extension TaskHubClient {
    /// The activities with limits, in the order of their names, with what waits for them.
    ///
    /// - Throws: ``ClientError``: ``ClientError/Code/timedOut`` if partitions did not answer.
    public func limits() async throws -> [LimitedActivity] {
        Self.merged(try await tellPartitions(nil))
    }

    /// Limits an activity over the whole hub, also while calls of it wait. It counts instead of what the code of hosts says
    /// until ``clearLimits(of:)``.
    ///
    /// Every partition of the hub is told. It holds for the calls that are made, and the permits that are given, from then
    /// on: permits that are given already stay given.
    ///
    /// - Parameters:
    ///   - limits: the limits.
    ///   - activity: the activity's name.
    /// - Throws: ``ClientError``: ``ClientError/Code/invalidArgument`` if a value is out of range;
    ///   ``ClientError/Code/timedOut`` if partitions did not answer: it may hold for the others then. Set it again.
    public func setLimits(_ limits: ActivityLimits, of activity: String) async throws {
        if let problem = limits.problem { throw ClientError(.invalidArgument, problem) }
        _ = try await tellPartitions(.set(try Self.checked(activity), limits, isOperators: true))
    }

    /// Removes the limits of an activity, both those of an operator and those of code. Those that the code of hosts states are back when a host
    /// opens its partitions the next time.
    ///
    /// Calls that wait get their permits at once.
    ///
    /// - Parameter activity: the activity's name.
    /// - Throws: ``ClientError``: ``ClientError/Code/timedOut`` if partitions did not answer: they are removed from the others
    ///   then. Remove them again.
    public func clearLimits(of activity: String) async throws {
        _ = try await tellPartitions(.clear(try Self.checked(activity)))
    }

    private static func checked(_ activity: String) throws -> String {
        if let problem = NameRules.problem(name: activity) { throw ClientError(.invalidArgument, problem) }
        return activity
    }

    /// - Returns: what each partition says.
    private func tellPartitions(_ change: LimitsCommand.Change?) async throws -> [LimitsReply] {
        let partitions = try await partitionCount()
        typealias Outcome = (partition: Int, result: Result<LimitsReply, ClientError>)
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for partition in 0..<partitions {
                group.addTask { [self] in
                    let ids = RequestIDs.random()
                    let message = messages.limits(change, partition: partition, ids: ids)
                    do {
                        return (partition, .success(try await ask(.describe, message, ids).limits()))
                    } catch let error as ClientError {
                        return (partition, .failure(error))
                    }
                }
            }
            return try await group.reduce(into: [Outcome]()) { $0.append($1) }
        }
        var silent: [Int] = []
        for outcome in outcomes {
            guard case .failure(let error) = outcome.result else { continue }
            guard error.code == .timedOut else { throw error }
            silent.append(outcome.partition)
        }
        guard silent.isEmpty else {
            throw ClientError(
                .timedOut,
                "\(PartitionWords.text(silent.sorted())) of hub '\(hub)' did not answer within \(timeout)"
                    + (change == nil ? "." : ", and may not know the limits. Set them again.")
                    + " No host may have what did not answer at the moment: 'warren hub show --owners' shows it.")
        }
        return outcomes.compactMap { try? $0.result.get() }
    }

    private static func merged(_ replies: [LimitsReply]) -> [LimitedActivity] {
        var found: [String: LimitsReply.Entry] = [:]
        for entry in replies.flatMap(\.activities) where entry.isOwner || found[entry.activity] == nil {
            found[entry.activity] = entry
        }
        return found.values.sorted { $0.activity < $1.activity }.map { entry in
            LimitedActivity(
                activity: entry.activity, limits: entry.operators ?? entry.code,
                isSetByOperator: entry.operators != nil, waiting: entry.waiting, running: entry.running,
                oldest: entry.oldest)
        }
    }
}
