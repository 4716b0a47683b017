import Warren

/// Greets a city.
func sayHello(_ city: String, _ context: ActivityContext) -> String {
    context.print("Saying hello to \(city).")
    return "Hello \(city)!"
}
