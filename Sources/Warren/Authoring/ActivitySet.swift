/// Activities that share what they depend on: a database, a client of another service.
///
/// The type is the place for the dependencies, its methods are the bodies, and ``register(with:)`` names which reference
/// each of them implements.
///
/// ```swift
/// struct PaymentActivities: ActivitySet {
///     let bank: BankClient
///
///     func register(with registrar: some FunctionRegistrar) {
///         registrar.register(Payments.charge, body: charge)
///         registrar.register(Payments.refund, body: refund)
///     }
///
///     func charge(_ order: Order, _ context: ActivityContext) async throws -> Receipt { … }
///     func refund(_ receipt: Receipt) async throws { … }
/// }
///
/// host.register(activities: PaymentActivities(bank: BankClient()))
/// ```
public protocol ActivitySet: Sendable {
    /// Registers each activity of the set by its reference, with the method that runs it.
    func register(with registrar: some FunctionRegistrar)
}

extension FunctionRegistrar {
    /// Registers the activities of a set; traps if one of their names is registered already.
    public func register(activities set: some ActivitySet) {
        set.register(with: self)
    }
}
