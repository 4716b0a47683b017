public import Warren

/// Reads everything that a partition's loop needs from its store: to begin, to take steps, and to send what waits.
///
/// A store that can answer at once does so at no extra cost. Otherwise the partition waits and takes no other step
/// meanwhile.
public protocol PartitionReads: Sendable {
    /// The answer, or `nil` if the caller has to wait for it.
    ///
    /// - Throws: `StorageError` that reaches beyond one row.
    func readNow(_ request: ReadRequest) throws -> ReadAnswer?

    /// The answer that ``readNow(_:)`` did not have.
    ///
    /// - Throws: `StorageError` that reaches beyond one row.
    func read(_ request: ReadRequest) async throws -> ReadAnswer
}

extension PartitionStore {
    /// Answers by the store's own reads: a store that cannot answer at once returns `nil` instead.
    public func readNow(_ request: ReadRequest) throws -> ReadAnswer? { try answer(to: request) }

    /// Answers by the store's own reads.
    public func read(_ request: ReadRequest) async throws -> ReadAnswer { try answer(to: request) }

    /// Answers a request with the store's own reads.
    public func answer(to request: ReadRequest) throws -> ReadAnswer {
        do {
            switch request {
            case .recovery: return .recovered(try recover())
            case .instance(let id): return .instance(try instance(id))
            case .instanceByKey(let key): return .instance(try instance(key: key))
            case .inbox(let key): return .inbox(try inboxEntry(key))
            case .history(let key, let generation): return .history(try history(of: key, generation: generation))
            case .waiters(let key): return .waiters(try waiters(of: key))
            case .held(let id): return .held(try heldMessage(id))
            case .summaries(let query, let bytes): return .page(try summaries(query, bytes: bytes))
            case .outbox(let after, let most, let bytes):
                return .outbox(try outbox(after: after, most: most, bytes: bytes))
            }
        } catch let error as StorageError where error.reach == .unit {
            return .damaged(instance: error.instance, reason: error.message)
        }
    }
}
