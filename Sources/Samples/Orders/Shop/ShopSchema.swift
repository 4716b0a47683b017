/// The tables. `Workers/charge.py` writes to `charges` and `payment_attempts`.
enum ShopSchema {
    static let statements = [
        "CREATE TABLE IF NOT EXISTS stock (item TEXT PRIMARY KEY, price INTEGER NOT NULL, available INTEGER NOT NULL)",
        """
        INSERT OR IGNORE INTO stock VALUES
            ('cable', 900, 1000), ('keyboard', 4900, 100), ('monitor', 24900, 50), ('server', 499000, 5)
        """,
        """
        CREATE TABLE IF NOT EXISTS reservations (
            key TEXT PRIMARY KEY, item TEXT NOT NULL, quantity INTEGER NOT NULL, total INTEGER NOT NULL,
            released INTEGER NOT NULL DEFAULT 0)
        """,
        """
        CREATE TABLE IF NOT EXISTS charges (
            key TEXT PRIMARY KEY, card TEXT NOT NULL, amount INTEGER NOT NULL, refunded INTEGER NOT NULL DEFAULT 0)
        """,
        // What the cards `flaky` and `down` have been asked for.
        "CREATE TABLE IF NOT EXISTS payment_attempts (key TEXT PRIMARY KEY, count INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS shipments (key TEXT PRIMARY KEY, address TEXT NOT NULL)",
    ]
}
