/// Keeps the connection of a session, and the callers that wait for one.
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

    /// Somebody needs a connection.
    mutating func wait(_ waiter: Waiter) -> WaitAction {
        switch state {
        case .connected(let connection): return .use(connection)
        case .closed: return .refuse
        case .connecting:
            waiters.append(waiter)
            return .wait
        }
    }

    /// The connection is lost; returns whether to look for another.
    mutating func lost() -> Bool {
        if case .closed = state { return false }
        state = .connecting
        return true
    }

    /// There is a connection again; returns who waited for it, or `nil` when it is not wanted any more.
    mutating func connected(_ connection: Connection) -> [Waiter]? {
        guard case .connecting = state else { return nil }
        state = .connected(connection)
        defer { waiters = [] }
        return waiters
    }

    /// Ends the session. Returns the connection to close, and the callers to be told that they wait in vain.
    mutating func close() -> (connection: Connection?, waiters: [Waiter]) {
        defer {
            state = .closed
            waiters = []
        }
        if case .connected(let connection) = state { return (connection, waiters) }
        return (nil, waiters)
    }
}
