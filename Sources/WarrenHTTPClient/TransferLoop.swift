import CCurl
import Synchronization
import WarrenSupport

/// Carries out transfers, on one thread of its own that waits for sockets and for nothing else.
///
/// The thread begins with the first transfer and ends with `stop`.
final class TransferLoop: Sendable {
    private struct State {
        var submitted: [Transfer] = []
        var cancelled: [ObjectIdentifier] = []
        var hasThread = false
        var isStopped = false
    }

    private let state = Mutex(State())
    private let concurrency: Int
    // Only `curl_multi_wakeup` is called from other threads, and it is made for that; `deinit` comes after the thread.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?

    /// libcurl wants to be prepared once, before all else.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(concurrency: Int) {
        self.concurrency = concurrency
        multi = Self.isReady ? curl_multi_init() : nil
    }

    deinit {
        if let multi { curl_multi_cleanup(multi) }
    }

    /// Carries out a transfer. It ends early, and the connection is closed, when the task is cancelled.
    func perform(_ transfer: Transfer) async throws -> Transfer.Answer {
        submit(transfer)
        return try await withTaskCancellationHandler {
            try await transfer.end.answer()
        } onCancel: {
            state.withLock { $0.cancelled.append(ObjectIdentifier(transfer)) }
            wake()
        }
    }

    /// Ends the thread; what is under way ends without an answer.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    private func submit(_ transfer: Transfer) {
        guard multi != nil else {
            transfer.end.fulfil(.failure(Transfer.Problem.connection("libcurl could not be prepared")))
            return
        }
        let needsThread = state.withLock { state in
            state.submitted.append(transfer)
            defer { state.hasThread = true }
            return !state.hasThread
        }
        guard needsThread else { return wake() }
        do {
            try SystemThread.start(name: "warren-http", stackSize: 512 << 10) { self.run() }
        } catch {
            let waiting = state.withLock { state in
                state.hasThread = false
                defer { state.submitted = [] }
                return state.submitted
            }
            for transfer in waiting {
                transfer.end.fulfil(
                    .failure(Transfer.Problem.connection("the system made no thread (error \(error.code))")))
            }
        }
    }

    private func wake() {
        if let multi { curl_multi_wakeup(multi) }
    }

    /// The thread: 1. takes what was asked for, 2. lets libcurl read and write, 3. reports what has ended, 4. waits.
    private func run() {
        guard let multi else { return }
        var waiting: [Transfer] = []
        var running: [UnsafeMutableRawPointer: Transfer] = [:]
        while true {
            // 1.
            let (submitted, cancelled, isStopped) = state.withLock { state in
                defer { (state.submitted, state.cancelled) = ([], []) }
                return (state.submitted, Set(state.cancelled), state.isStopped)
            }
            waiting += submitted
            if isStopped || !cancelled.isEmpty {
                waiting.removeAll { isStopped ? drop($0) : cancelled.contains(ObjectIdentifier($0)) }
                for (handle, transfer) in running where isStopped || cancelled.contains(ObjectIdentifier(transfer)) {
                    curl_multi_remove_handle(multi, handle)
                    running[handle] = nil
                    _ = drop(transfer)
                    transfer.close()
                }
            }
            if isStopped { return }
            let places = min(waiting.count, concurrency - running.count)
            for transfer in waiting.prefix(places) {
                guard let handle = transfer.open(), curl_multi_add_handle(multi, handle) == CURLM_OK else {
                    transfer.finish(CURLE_FAILED_INIT)
                    transfer.close()
                    continue
                }
                running[handle] = transfer
            }
            waiting.removeFirst(places)
            // 2.
            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            // 3.
            var result = CURLE_OK
            var ended = false
            while let handle = warren_curl_finished(multi, &result) {
                curl_multi_remove_handle(multi, handle)
                let transfer = running.removeValue(forKey: handle)
                transfer?.finish(result)
                transfer?.close()
                ended = true
            }
            // 4. A place that became free is given before the wait. libcurl's own deadlines end the wait earlier.
            if !(ended && !waiting.isEmpty) { curl_multi_poll(multi, nil, 0, .max, nil) }
        }
    }

    private func drop(_ transfer: Transfer) -> Bool {
        transfer.end.fulfil(.failure(CancellationError()))
        return true
    }
}
