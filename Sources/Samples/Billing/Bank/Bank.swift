import SampleDatabase
import Warren

/// The bank, in the file `billing.sqlite`: it stands for the payment service that a real program calls.
///
/// Like a real one it recognises a repeated request by its key, so that activities may run again after a crash or a lost
/// answer.
actor Bank {
    private let database: Database

    /// Opens the bank of a data directory, or makes it.
    init(path: String) throws {
        database = try Database(path: path)
        try database.execute(
            """
            CREATE TABLE IF NOT EXISTS charges (
                key TEXT PRIMARY KEY, card TEXT NOT NULL, amount INTEGER NOT NULL, refunded INTEGER NOT NULL DEFAULT 0)
            """)
        // What the cards `flaky` and `down` have been asked for.
        try database.execute(
            "CREATE TABLE IF NOT EXISTS attempts (key TEXT PRIMARY KEY, count INTEGER NOT NULL)")
    }

    /// Takes money, once for each key. Returns the number of the charge.
    func charge(_ charge: Charge) throws -> String {
        let attempt =
            try database.query(
                "INSERT INTO attempts VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET count = count + 1 RETURNING count",
                .text(charge.key)
            ).first?.integer(0) ?? 1
        switch charge.card {
        case "declined": throw CardDeclined(card: charge.card)
        case "down": throw BankUnavailable()
        case "flaky" where attempt < 3: throw BankUnavailable()
        default: break
        }
        try database.execute(
            "INSERT OR IGNORE INTO charges (key, card, amount) VALUES (?, ?, ?)", .text(charge.key),
            .text(charge.card), .integer(charge.amount))
        return "charge-\(charge.key)"
    }

    /// Gives money back. Returns whether any was taken.
    func refund(_ key: String) throws -> Bool {
        try database.execute("UPDATE charges SET refunded = 1 WHERE key = ?", .text(key)) > 0
    }

    /// The charges so far: how many, and how much was taken and not given back, in cents.
    func takings() throws -> (charges: Int, amount: Int) {
        let row = try database.query("SELECT count(*), sum(amount * (1 - refunded)) FROM charges").first
        return (row?.integer(0) ?? 0, row?.integer(1) ?? 0)
    }
}

/// The card's bank said no. To ask again with this card does not help now.
struct CardDeclined: NonRetriableError, CustomStringConvertible {
    let card: String
    var description: String { "the card '\(card)' was declined" }
}

/// The bank does not answer. It may at the next attempt.
struct BankUnavailable: Error, CustomStringConvertible {
    var description: String { "the bank does not answer" }
}
