import Warren

/// The sample's contract: names and types, and nothing else. `Workers/charge.py` keeps to it too.
enum Orders {
    static let order = Orchestration<Order, OrderOutcome>("Order")
    /// Whether an expensive order is approved.
    static let approved = ExternalEvent<Bool>("Approved")

    // What happens in the world, and what takes it back.
    static let reserve = Activity<Reservation, Int>("reserve")
    static let release = Activity<String, Bool>("release")
    static let charge = Activity<Charge, Receipt>("charge")
    static let refund = Activity<String, Bool>("refund")
    static let ship = Activity<Shipment, String>("ship")
}
