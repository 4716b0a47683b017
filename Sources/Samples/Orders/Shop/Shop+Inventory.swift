import SampleDatabase
import Warren

extension Shop {
    /// Sets goods aside, and gives their price in cents.
    func reserve(_ wanted: Reservation) throws -> Int {
        try database.write {
            let earlier = try database.query("SELECT total FROM reservations WHERE key = ?", .text(wanted.key))
            if let total = earlier.first?.integer(0) { return total }
            guard (1...1000).contains(wanted.quantity) else { throw BadQuantity(quantity: wanted.quantity) }
            let stock = try database.query("SELECT price, available FROM stock WHERE item = ?", .text(wanted.item))
            guard let price = stock.first?.integer(0), let available = stock.first?.integer(1) else {
                throw UnknownItem(item: wanted.item)
            }
            guard available >= wanted.quantity else { throw OutOfStock(item: wanted.item, available: available) }
            let total = price * wanted.quantity
            try database.execute(
                "UPDATE stock SET available = available - ? WHERE item = ?", .integer(wanted.quantity),
                .text(wanted.item))
            try database.execute(
                "INSERT INTO reservations (key, item, quantity, total) VALUES (?, ?, ?, ?)", .text(wanted.key),
                .text(wanted.item), .integer(wanted.quantity), .integer(total))
            return total
        }
    }

    /// Puts reserved goods back. Returns whether there were any.
    func release(_ key: String) throws -> Bool {
        try database.write {
            let rows = try database.query(
                "UPDATE reservations SET released = 1 WHERE key = ? AND released = 0 RETURNING item, quantity",
                .text(key))
            if let row = rows.first {
                try database.execute(
                    "UPDATE stock SET available = available + ? WHERE item = ?", .integer(row.integer(1)),
                    .text(row.text(0)))
            }
            return try !database.query("SELECT 1 FROM reservations WHERE key = ?", .text(key)).isEmpty
        }
    }

    /// How many of an item can be ordered.
    func available(_ item: String) throws -> Int {
        try database.query("SELECT available FROM stock WHERE item = ?", .text(item)).first?.integer(0) ?? 0
    }
}

/// The shop does not sell it. To try again would not help, as with all errors here.
struct UnknownItem: NonRetriableError, CustomStringConvertible {
    let item: String
    var description: String { "there is no '\(item)' in this shop" }
}

/// There is not enough of it.
struct OutOfStock: NonRetriableError, CustomStringConvertible {
    let item: String
    let available: Int
    var description: String { "only \(available) of '\(item)' left" }
}

/// Nobody orders so many, or so few.
struct BadQuantity: NonRetriableError, CustomStringConvertible {
    let quantity: Int
    var description: String { "the quantity is 1 to 1000, not \(quantity)" }
}
