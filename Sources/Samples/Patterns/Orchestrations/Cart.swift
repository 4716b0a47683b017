import Warren

/// Query and update: a cart that others look into and fill while it waits to be checked out. What does not fit is refused
/// before it is recorded, and every caller gets an answer.
func cart(_ context: OrchestrationContext) async throws -> [String] {
    var items: [String] = []
    var isCheckedOut = false
    context.answer(Patterns.cartItems) { items }
    context.accept(
        Patterns.addItem,
        validate: { item in
            guard !item.isEmpty, items.count < 10 else { throw CartRefusal(item: item) }
        },
        handler: { item in
            items.append(item)
            return items.count
        })
    context.accept(
        Patterns.checkOut,
        validate: { if items.isEmpty { throw CartRefusal(item: "") } }, handler: { isCheckedOut = true })
    try context.setTag("state", "open")
    try await context.wait { isCheckedOut }
    try context.setTag("state", "checked out")
    return items
}

/// An item that a cart does not take.
struct CartRefusal: Error, CustomStringConvertible {
    let item: String
    var description: String {
        item.isEmpty ? "there is nothing in the cart" : "the cart is full, and takes no '\(item)'"
    }
}
