/// The conditions for consuming a queue: they are checked at first, and again on every new connection.
public struct ConsumeTerms: Sendable {
    /// The name of a lock that one consumer at a time can hold, whichever connection or process it belongs to; `nil`
    /// for none. It is released when the subscription is closed, and when the connection ends.
    public var lock: String?

    /// Called while the lock is held and before anything is delivered; the argument states whether it admitted this
    /// subscription before. An error ends the subscription with it, so a condition that may pass by itself has to be
    /// retried within.
    public var admit: @Sendable (_ isAgain: Bool) async throws -> Void

    /// The conditions; by default none.
    public init(lock: String? = nil, admit: @escaping @Sendable (_ isAgain: Bool) async throws -> Void = { _ in }) {
        self.lock = lock
        self.admit = admit
    }
}
