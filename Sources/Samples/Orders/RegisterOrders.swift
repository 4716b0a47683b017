import Warren

/// Gives the orchestration its body.
func registerOrchestrations(with registrar: some FunctionRegistrar, policy: OrderPolicy = OrderPolicy()) {
    let place = PlaceOrder(policy: policy)
    registrar.register(Orders.order) { context, order in try await place(context, order) }
}

/// Gives the activities their bodies.
///
/// - Parameters:
///   - shop: what they change.
///   - charging: whether this process charges; not if another program does.
func registerActivities(with registrar: some FunctionRegistrar, shop: Shop, charging: Bool = true) {
    registrar.register(Orders.reserve) { reservation in try await shop.reserve(reservation) }
    registrar.register(Orders.release) { key in try await shop.release(key) }
    if charging { registrar.register(Orders.charge) { charge in try await shop.charge(charge) } }
    registrar.register(Orders.refund) { key in try await shop.refund(key) }
    registrar.register(Orders.ship) { shipment in try await shop.ship(shipment) }
}
