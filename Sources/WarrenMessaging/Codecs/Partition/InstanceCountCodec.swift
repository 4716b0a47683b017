import Warren

/// The body of a `count` query: that of a `list` query, with a member `bucketMicroseconds`.
enum InstanceCountCodec {
    static func encode(_ query: InstanceCountQuery) -> Payload {
        let conditions = InstanceQueryCodec.encode(query.conditions)
        guard let width = query.bucketMicroseconds, conditions.bytes.last == UInt8(ascii: "}") else {
            return conditions
        }
        // The conditions always have members.
        return Payload(bytes: conditions.bytes.dropLast() + Array(",\"bucketMicroseconds\":\(width)}".utf8))
    }

    static func decode(_ body: Payload) throws(Refusal) -> InstanceCountQuery {
        var query = InstanceCountQuery(try InstanceQueryCodec.decode(body))
        let node: JSONNode
        do {
            node = try JSONNode(body)
        } catch {
            throw Refusal(.invalidJSON, "The body is no JSON: \(error).")
        }
        if let width = node["bucketMicroseconds"] {
            query.bucketMicroseconds = width.integer ?? 0
            guard query.isBounded else {
                throw Refusal(
                    .invalidJSON,
                    "'bucketMicroseconds' is a whole number above 0, 'createdFrom' and 'createdTo' are there, and the time "
                        + "between them has \(InstanceCountQuery.mostBuckets) such parts at the most.")
            }
        }
        return query
    }
}
