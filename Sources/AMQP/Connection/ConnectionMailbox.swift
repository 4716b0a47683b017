import Synchronization
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The queue of commands from other threads to a connection's thread. It wakes the thread once per round, whatever the
/// number of commands.
final class ConnectionMailbox: Sendable {
    private struct State {
        var commands: [ConnectionCommand] = []
        var commandBytes = 0
        var bufferedBytes = 0
        var end: AMQPError?
        /// The socket, while the thread has it open.
        var descriptor: Int32?
        var capacityWaiters: [ReplySlot<Void>] = []
    }

    let wakeup: Wakeup
    let pendingBytesLimit: Int
    private let state = Mutex(State())

    init(pendingBytesLimit: Int) throws(AMQPError) {
        wakeup = try Wakeup()
        self.pendingBytesLimit = pendingBytesLimit
    }

    /// The reason why the connection has ended, if it has.
    var end: AMQPError? { state.withLock { $0.end } }

    /// The number of published bytes that the socket has not taken.
    var pendingBytes: Int { state.withLock { $0.commandBytes + $0.bufferedBytes } }

    /// Records that the thread has opened its socket.
    func opened(_ descriptor: Int32) {
        state.withLock { if $0.end == nil { $0.descriptor = descriptor } }
    }

    /// Shuts the socket down, so that a write returns that waits for a broker which reads nothing. The thread then
    /// finds the connection lost.
    func sever() {
        state.withLock { state in
            // Under the lock: the number may be another file's once the thread has closed it.
            guard let descriptor = state.descriptor else { return }
            _ = shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }

    /// Adds a command; after the end it is refused at once, on this thread.
    func post(_ command: ConnectionCommand) {
        switch offer(command, size: command.size) {
        case .taken(let mustWake): if mustWake { wakeup.signal() }
        case .refused(let end): command.refuse(end)
        }
    }

    /// The fate of a command that was offered.
    enum Offer {
        /// The thread carries it out. If `mustWake`, the caller wakes it, as soon as it holds no lock.
        case taken(mustWake: Bool)
        /// The connection has ended, for this reason.
        case refused(AMQPError)
    }

    /// Adds a command. Makes no callbacks and no system calls, so it may be called under a lock.
    func offer(_ command: ConnectionCommand, size: Int) -> Offer {
        state.withLock { state in
            if let end = state.end { return .refused(end) }
            state.commands.append(command)
            state.commandBytes += size
            return .taken(mustWake: state.commands.count == 1)
        }
    }

    /// Takes all commands; for the owner thread.
    ///
    /// - Parameter commands: an empty array. Its memory is used again for later commands.
    func take(into commands: inout [ConnectionCommand]) {
        state.withLock { state in
            swap(&state.commands, &commands)
            state.bufferedBytes += state.commandBytes
            state.commandBytes = 0
        }
    }

    /// Records the size of the buffer, and resumes suspended publishers once half the limit is free.
    func update(bufferedBytes: Int) {
        let waiters = state.withLock { state -> [ReplySlot<Void>] in
            state.bufferedBytes = bufferedBytes
            guard state.commandBytes + bufferedBytes <= pendingBytesLimit / 2 else { return [] }
            defer { state.capacityWaiters = [] }
            return state.capacityWaiters
        }
        for waiter in waiters { waiter.fulfil(.success(())) }
    }

    /// Suspends while more than the limit waits to be written.
    func waitForCapacity() async throws {
        let slot = state.withLock { state -> ReplySlot<Void>? in
            guard state.end == nil, state.commandBytes + state.bufferedBytes > pendingBytesLimit else { return nil }
            let slot = ReplySlot<Void>()
            state.capacityWaiters.append(slot)
            return slot
        }
        try await slot?.answer()
    }

    /// Ends the mailbox: later commands are refused.
    ///
    /// - Returns: the commands that will not be carried out, for the caller to refuse.
    func close(_ error: AMQPError) -> [ConnectionCommand] {
        let (commands, waiters) = state.withLock { state -> ([ConnectionCommand], [ReplySlot<Void>]) in
            guard state.end == nil else { return ([], []) }
            state.end = error
            state.descriptor = nil
            defer {
                state.commands = []
                state.capacityWaiters = []
                state.commandBytes = 0
                state.bufferedBytes = 0
            }
            return (state.commands, state.capacityWaiters)
        }
        for waiter in waiters { waiter.fulfil(.success(())) }
        return commands
    }
}
