/// Runs work that blocks on a disk, away from the threads of the cooperative pool.
package enum BlockingWork {
    /// Runs `body` on a thread of its own.
    ///
    /// - Parameter name: for debuggers; Linux shows the first 15 bytes.
    /// - Throws: the error of `body`, and `.io` if no thread can be started.
    package static func run<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try StoreThread.start(name: name) { continuation.resume(with: Swift.Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
