/// What has to hold before a queue is consumed: at first, and again on every new connection.
package struct ConsumeTerms: Sendable {
    /// A name that one consumer at a time can hold, whichever connection or process it belongs to; `nil` for none. It is
    /// let go of when the subscription is closed, and when the connection ends.
    package var lock: String?

    /// Asked while the lock is held and before anything is delivered, with whether it admitted this subscription before.
    /// An error ends the subscription with it, so what may pass by itself has to be retried within.
    package var admit: @Sendable (_ isAgain: Bool) async throws -> Void

    package init(lock: String? = nil, admit: @escaping @Sendable (_ isAgain: Bool) async throws -> Void = { _ in }) {
        self.lock = lock
        self.admit = admit
    }
}
