import CSQLite

/// The settings of SQLite that hold for the whole process.
enum SQLiteLibrary {
    /// Switches SQLite's statistics of memory off, before SQLite is first used.
    ///
    /// With them every allocation and every release takes one lock of the whole process, and partitions wait for each
    /// other there. Warren reads no statistics and sets no limit of memory, which would need them.
    ///
    /// A program that has used SQLite before keeps its own settings: SQLite then refuses (`SQLITE_MISUSE`), and all works
    /// as before. SQLite asks that no other thread calls it meanwhile. A program that does so in the same moment gets
    /// statistics that are wrong, and nothing worse (https://www.sqlite.org/c3ref/config.html).
    static func configure() { _ = result }

    /// The answer of SQLite, which is asked once: `SQLITE_OK`, or `SQLITE_MISUSE` if SQLite was in use.
    static let result = warren_sqlite3_config_switch(SQLITE_CONFIG_MEMSTATUS, 0)
}
