/// The functions with which an execution answers queries and takes updates, by name, and the conditions that it waits for.
struct StateHandlers {
    /// Answers a query.
    typealias Answer = (Payload, any PayloadCodec) throws -> Payload

    struct UpdateHandler {
        /// Throws if the update is refused. Nothing is recorded then.
        var check: (Payload, any PayloadCodec) throws -> Void
        var take: Take

        enum Take {
            /// Returns the result at once.
            case now((Payload, any PayloadCodec) throws -> Payload)
            /// May wait: the result comes in a later episode.
            case later((Payload, any PayloadCodec) async throws -> Payload)
        }
    }

    /// An update with a handler that has begun and not ended.
    struct OpenUpdate {
        var id: String
        var task: Task<Void, Never>
    }

    /// A suspended wait for a condition.
    struct Condition {
        var slot: TaskSlot
        var isMet: () -> Bool
    }

    /// The number of names of each kind. Handlers stay in memory for the life of the execution.
    static let mostNames = 100
    /// The number of updates with handlers that may wait at the same time.
    static let mostOpenUpdates = 100

    private(set) var queries: [String: Answer] = [:]
    private(set) var updates: [String: UpdateHandler] = [:]
    /// In the order in which their handlers began.
    var openUpdates: [OpenUpdate] = []
    /// In the order in which the waits began.
    var conditions: [Condition] = []

    var queryNames: [String] { queries.keys.sorted() }
    var updateNames: [String] { updates.keys.sorted() }

    /// - Returns: whether there is room for it.
    mutating func add(query name: String, _ answer: @escaping Answer) -> Bool {
        guard queries[name] != nil || queries.count < Self.mostNames else { return false }
        queries[name] = answer
        return true
    }

    /// - Returns: whether there is room for it.
    mutating func add(update name: String, _ handler: UpdateHandler) -> Bool {
        guard updates[name] != nil || updates.count < Self.mostNames else { return false }
        updates[name] = handler
        return true
    }
}
