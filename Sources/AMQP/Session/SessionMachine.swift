/// The connection of a session, and the callers that wait for one.
struct SessionMachine<Connection, Waiter> {
    enum State {
        case connected(Connection)
        case connecting
        case closed
    }

    enum WaitAction {
        case use(Connection)
        case wait
        case refuse
    }

    private(set) var state: State
    private var waiters: [Waiter] = []

    init(_ connection: Connection) { state = .connected(connection) }

    /// Handles a caller that needs a connection.
    mutating func wait(_ waiter: Waiter) -> WaitAction {
        switch state {
        case .connected(let connection): return .use(connection)
        case .closed: return .refuse
        case .connecting:
            waiters.append(waiter)
            return .wait
        }
    }

    /// Handles a lost connection; returns whether to open another.
    mutating func lost() -> Bool {
        if case .closed = state { return false }
        state = .connecting
        return true
    }

    /// Handles a restored connection; returns the callers that waited for it, or `nil` when it is not needed any more.
    mutating func connected(_ connection: Connection) -> [Waiter]? {
        guard case .connecting = state else { return nil }
        state = .connected(connection)
        defer { waiters = [] }
        return waiters
    }

    /// Ends the session. Returns the connection to close, and the waiting callers, to be refused.
    mutating func close() -> (connection: Connection?, waiters: [Waiter]) {
        defer {
            state = .closed
            waiters = []
        }
        if case .connected(let connection) = state { return (connection, waiters) }
        return (nil, waiters)
    }
}
