import WarrenSupport

/// The thread that owns a connection.
enum OwnerThread {
    /// 32 MiB of address space: the library decodes nested header tables recursively, and a publisher can nest them to
    /// the limit of one frame (about 20,000 levels) before our own limit applies.
    private static let stackSize = 32 << 20

    /// - Throws: `connectionLost` when the system gives no thread. A session tries again.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(AMQPError) {
        do {
            try SystemThread.start(name: name, stackSize: stackSize, body)
        } catch {
            throw AMQPError(.connectionLost, "the operating system gave no thread (error \(error.code))")
        }
    }
}
