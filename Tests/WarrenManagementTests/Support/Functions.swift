#if HTTP
import Warren
import WarrenTestKit

/// What the tests of the routes start.
enum Functions {
    static let hello = Orchestration<JSONValue, JSONValue>("Hello")
    static let helloCities = Orchestration<Void, [String]>("HelloCities")
    static let sayHello = Activity<String, String>("SayHello")
    static let failing = Orchestration<Void, Void>("Failing")
    static let waiting = Orchestration<Void, Bool>("Waiting")
    static let go = ExternalEvent<Bool>("Go")
    static let sleeping = Orchestration<Void, String>("Sleeping")
    static let counting = Orchestration<Int, Int>("Counting")

    static let cart = Orchestration<JSONValue, [String]>("Cart")

    static let counter = Entity<Int>("Counter")
    static let add = counter.operation("add", Int.self, returning: Int.self)

    struct NoLuck: Error {}

    static func register(with hub: some FunctionRegistrar) {
        hub.register(hello) { _, input in input }
        hub.register(sayHello) { city in "Hello \(city)!" }
        hub.register(helloCities) { context in
            var greetings: [String] = []
            for city in ["Tokyo", "Seattle", "London"] { greetings.append(try await context.call(sayHello, city)) }
            return greetings
        }
        hub.register(add) { count, amount, _ in
            count += amount
            return count
        }
        hub.register(cart) { context, _ in
            var items: [String] = []
            context.answer("items") { (most: Int?) -> [String] in
                if let most, most < 0 { throw NoLuck() }
                return Array(items.prefix(most ?? .max))
            }
            context.accept("addItem", validate: { (item: String) in if item.isEmpty { throw NoLuck() } }) {
                item -> Int in
                if item == "poison" { throw NoLuck() }
                items.append(item)
                try context.setTag("last", item)
                return items.count
            }
            _ = try await context.wait(for: go)
            return items
        }
        hub.register(failing) { _ in throw NoLuck() }
        hub.register(waiting) { context in
            try context.setCustomStatus("waiting")
            return try await context.wait(for: go)
        }
        hub.register(sleeping) { context in
            _ = context.startTimer(for: .hours(1))
            return "returned"
        }
        hub.register(counting) { context, number in
            if number == 0 { return 0 }
            try context.continueAsNew(number - 1)
        }
    }
}
#endif
