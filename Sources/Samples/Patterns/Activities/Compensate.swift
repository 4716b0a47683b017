import Warren

/// Undoes a chain: what it had come to is taken back.
func compensate(_ value: String, _ context: ActivityContext) -> String {
    context.print("Undoing \(value).")
    return "undone: \(value)"
}
