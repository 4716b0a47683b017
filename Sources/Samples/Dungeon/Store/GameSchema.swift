/// The tables. Lists of names are kept as one text with commas between.
enum GameSchema {
    static let statements = [
        // Names that are taken, also those whose user is yet to be made.
        "CREATE TABLE IF NOT EXISTS names (name TEXT PRIMARY KEY) WITHOUT ROWID",
        """
        CREATE TABLE IF NOT EXISTS users (
            partition TEXT NOT NULL, name TEXT NOT NULL, is_alive INTEGER NOT NULL, current_room TEXT,
            inventory_items TEXT NOT NULL, PRIMARY KEY (partition, name)) WITHOUT ROWID
        """,
        """
        CREATE TABLE IF NOT EXISTS monsters (
            user TEXT PRIMARY KEY, name TEXT NOT NULL, is_alive INTEGER NOT NULL, current_room TEXT,
            inventory_items TEXT NOT NULL) WITHOUT ROWID
        """,
        """
        CREATE TABLE IF NOT EXISTS rooms (
            user TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, monster TEXT,
            inventory_items TEXT NOT NULL) WITHOUT ROWID
        """,
        """
        CREATE TABLE IF NOT EXISTS inventory (
            user TEXT NOT NULL, name TEXT NOT NULL, monster TEXT, room TEXT, is_treasure INTEGER NOT NULL,
            PRIMARY KEY (user, name)) WITHOUT ROWID
        """,
        // What activities came to, by idempotency key, for those that run again.
        """
        CREATE TABLE IF NOT EXISTS effects (
            key TEXT PRIMARY KEY, effect TEXT NOT NULL, at INTEGER NOT NULL DEFAULT (strftime('%s', 'now'))) WITHOUT ROWID
        """,
        // Nothing runs again after a week.
        "DELETE FROM effects WHERE at < strftime('%s', 'now') - 7 * 24 * 3600",
    ]
}
