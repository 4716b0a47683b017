import SampleDatabase
import Warren

extension Shop {
    /// Takes money, once for each key.
    func charge(_ charge: Charge) throws -> Receipt {
        // 1. An attempt counts also when it fails, so it is a transaction of its own.
        let attempt =
            try database.query(
                """
                INSERT INTO payment_attempts VALUES (?, 1)
                ON CONFLICT (key) DO UPDATE SET count = count + 1 RETURNING count
                """, .text(charge.key)
            ).first?.integer(0) ?? 1

        // 2. Cards that do not work.
        switch charge.card {
        case "declined": throw CardDeclined(card: charge.card)
        case "down": throw PaymentUnavailable()
        case "flaky" where attempt < 3: throw PaymentUnavailable()
        default: break
        }

        // 3. One row for each key, however often it is asked for.
        try database.execute(
            "INSERT OR IGNORE INTO charges (key, card, amount) VALUES (?, ?, ?)", .text(charge.key),
            .text(charge.card), .integer(charge.amount))
        return Receipt(receipt: "receipt-\(charge.key)", amount: charge.amount)
    }

    /// Gives money back. Returns whether any was taken.
    func refund(_ key: String) throws -> Bool {
        try database.execute("UPDATE charges SET refunded = 1 WHERE key = ?", .text(key))
        return try !database.query("SELECT 1 FROM charges WHERE key = ?", .text(key)).isEmpty
    }

    /// How many charges there are, and how much was taken and not given back.
    func takings() throws -> (charges: Int, amount: Int) {
        let row = try database.query("SELECT count(*), sum(amount * (1 - refunded)) FROM charges").first
        return (row?.integer(0) ?? 0, row?.integer(1) ?? 0)
    }

    /// How often cards were asked for money.
    func paymentAttempts() throws -> Int {
        try database.query("SELECT sum(count) FROM payment_attempts").first?.integer(0) ?? 0
    }
}

/// The card's bank said no, and will again.
struct CardDeclined: NonRetriableError, CustomStringConvertible {
    let card: String
    var description: String { "the card '\(card)' was declined" }
}

/// The bank does not answer. It may at the next attempt.
struct PaymentUnavailable: Error, CustomStringConvertible {
    var description: String { "the bank does not answer" }
}
