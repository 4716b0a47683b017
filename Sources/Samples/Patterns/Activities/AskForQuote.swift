import Warren

/// Asks a seller, who takes a second for each letter of the name; stops asking when its task is cancelled.
func askForQuote(_ seller: String, _ context: ActivityContext) async throws -> String {
    do {
        try await Task.sleep(for: .seconds(seller.count))
    } catch {
        if context.isCanceled { context.print("\(seller) is not needed any more") }
        throw error
    }
    return "\(seller): \(seller.count * 10)"
}
