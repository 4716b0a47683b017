import SampleDatabase

/// The world that orders change: shelves, cards and parcels, in the file `orders.sqlite`.
///
/// Each method may be called again with the same key, after a crash or a lost answer, and then changes nothing more: what
/// it has done and that it has done so are written in one transaction.
actor Shop {
    /// Not private: each topic is an extension in a file of its own.
    let database: Database

    /// Opens the shop of a data directory, or makes it.
    init(path: String) throws {
        let database = try Database(path: path)
        try database.write {
            for statement in ShopSchema.statements { try database.execute(statement) }
        }
        self.database = database
    }
}
