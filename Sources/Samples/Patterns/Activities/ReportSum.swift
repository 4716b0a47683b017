import Warren

/// Reports what the fan-out came to.
func reportSum(_ sum: Int) -> String {
    "The sum is \(sum)."
}
