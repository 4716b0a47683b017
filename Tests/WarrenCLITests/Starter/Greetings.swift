public import Warren

/// The contract: names and types, shared by all programs that start, run or call these.
public enum Greetings {
    /// Greets each city, one after the other.
    public static let helloCities = Orchestration<[String], [String]>("HelloCities")
    /// Greets one city.
    public static let sayHello = Activity<String, String>("SayHello")
}
