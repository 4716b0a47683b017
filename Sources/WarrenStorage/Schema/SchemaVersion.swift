import Warren

/// Migrates a file to the schema of this version.
enum SchemaVersion {
    /// Whether nothing was ever stored in the file. A crash during its creation leaves such a file.
    static func isEmpty(_ connection: Connection) throws(StorageError) -> Bool {
        guard try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 else { return false }
        return try connection.integer("PRAGMA application_id") == 0
    }

    /// Refuses a file that is not Warren's or that a newer version wrote. Changes nothing.
    static func check(_ connection: Connection) throws(StorageError) {
        guard try connection.integer("PRAGMA application_id") == Schema.applicationID else {
            throw StorageError(
                .foreignFile, "This is an SQLite database, but not one of Warren's. Use another data directory.",
                path: connection.path)
        }
        let version = try connection.integer("PRAGMA user_version") ?? 0
        guard version <= Schema.migrations.count else {
            throw StorageError(
                .newerSchema,
                "A newer Warren wrote this file: it has schema \(version), this version knows up to "
                    + "\(Schema.migrations.count). Run the newer version, or go back to a copy of the files from before the "
                    + "upgrade.",
                path: connection.path)
        }
        guard version >= 1 else {
            throw StorageError(
                .corrupt, "The file has schema \(version), which never existed. Restore a backup.",
                path: connection.path)
        }
        let names = try connection.prepare("SELECT name FROM migrations ORDER BY number")
        var applied: [String] = []
        try names.forEach { (row) throws(StorageError) in applied.append(try row.text(0)) }
        guard applied == Schema.migrations.prefix(Int(version)).map(\.name) else {
            throw StorageError(
                .newerSchema,
                "The file has applied other migrations than this version knows: "
                    + "\(applied.joined(separator: ", ")). Run the version that wrote it.",
                path: connection.path)
        }
    }

    /// Applies missing migrations. Part of the transaction that opens the file for writing.
    static func migrate(_ connection: Connection) throws(StorageError) {
        let version = Int(try connection.integer("PRAGMA user_version") ?? 0)
        let record = Schema.migrations.enumerated().dropFirst(version)
        for (index, migration) in record {
            try connection.execute(migration.sql)
            let statement = try connection.prepare("INSERT INTO migrations (number, name) VALUES (?1, ?2)")
            statement.bind(1, index + 1)
            statement.bind(2, migration.name)
            try statement.run()
        }
        guard version < Schema.migrations.count else { return }
        try connection.execute(
            "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(Schema.migrations.count)")
    }
}
