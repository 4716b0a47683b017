import SampleDatabase
import Warren

extension Shop {
    /// Sends a parcel, once for each key, and gives its number.
    func ship(_ shipment: Shipment) throws -> String {
        guard shipment.address != "nowhere" else { throw CannotShip(address: shipment.address) }
        try database.execute(
            "INSERT OR IGNORE INTO shipments VALUES (?, ?)", .text(shipment.key), .text(shipment.address))
        return "parcel-\(shipment.key)"
    }

    /// How many parcels were sent.
    func parcels() throws -> Int {
        try database.query("SELECT count(*) FROM shipments").first?.integer(0) ?? 0
    }
}

/// No parcel goes there.
struct CannotShip: NonRetriableError, CustomStringConvertible {
    let address: String
    var description: String { "nothing can be sent to '\(address)'" }
}
