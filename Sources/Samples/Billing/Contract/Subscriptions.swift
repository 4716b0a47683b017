import Warren

/// The sample's contract: names and types, and nothing else. A program that starts, steers or runs these needs only this
/// file and the types beside it.
enum Subscriptions {
    /// A subscription, from the trial to its end.
    static let subscription = Orchestration<Subscription, Closing>("Subscription")
    /// One invoice, until it is paid or given up.
    static let payment = Orchestration<Invoice, Settlement>("Payment")
    /// A payment that a customer disputes, until somebody has decided.
    static let dispute = Orchestration<Dispute, Ruling>("Dispute")

    // What customers say to a subscription, at any time.
    static let changePlan = ExternalEvent<Plan>("ChangePlan")
    static let newCard = ExternalEvent<String>("NewCard")
    static let disputed = ExternalEvent<String>("Disputed")
    static let cancel = ExternalEvent<String?>("Cancel")
    // What a subscription says to its payment, beside `newCard`.
    static let giveUp = ExternalEvent<Void>("GiveUp")
    // What the support says to a dispute: whether the customer is right.
    static let decided = ExternalEvent<Bool>("Decided")

    // What happens in the world.
    static let charge = Activity<Charge, String>("ChargeCard")
    static let refund = Activity<String, Bool>("Refund")
    static let sendReceipt = Activity<Receipt, Void>("SendReceipt")
    static let tell = Activity<Notice, Void>("TellCustomer")
}
