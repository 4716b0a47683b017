import Warren
import WarrenSupport

/// Encodes and decodes the content of a key file.
enum KeyFileCodec {
    struct Fault: Error {
        let text: String
    }

    static func encode(_ keys: [AccessKey]) -> [UInt8] {
        var file = JSONObjectWriter()
        file.add("version", 1)
        file.add(
            "keys",
            keys.map { key in
                var object = JSONObjectWriter()
                object.add("id", key.id)
                object.add("name", key.name)
                object.add("scopes", key.scopes.map(\.rawValue).sorted())
                object.add("createdTime", ISO8601.text(key.createdAt))
                object.add("sha256", Hexadecimal.text(key.digest))
                return object
            })
        return file.bytes + [UInt8(ascii: "\n")]
    }

    /// - Throws: ``Fault``.
    static func decode(_ bytes: [UInt8]) throws -> [AccessKey] {
        let file: JSONNode
        do {
            file = try JSONNode(Payload(bytes: bytes), maximumDepth: 8)
        } catch {
            throw Fault(text: "It is not JSON: \(error).")
        }
        guard let version = file["version"]?.integer, let list = file["keys"]?.elements else {
            throw Fault(text: "It has no 'version' and 'keys'.")
        }
        guard version == 1 else { throw Fault(text: "Its version is \(version); this program reads version 1.") }
        guard list.count <= KeyFile.maximumKeys else {
            throw Fault(text: "It has more than \(KeyFile.maximumKeys) keys.")
        }
        var keys: [AccessKey] = []
        for (number, entry) in list.enumerated() {
            guard let key = Self.key(entry) else {
                throw Fault(
                    text: "Key \(number + 1) lacks 'id', 'name', 'scopes', 'createdTime' or 'sha256', or has a "
                        + "scope other than \(AccessScope.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            guard !keys.contains(where: { $0.id == key.id }) else { throw Fault(text: "It has two keys '\(key.id)'.") }
            keys.append(key)
        }
        return keys
    }

    private static func key(_ entry: JSONNode) -> AccessKey? {
        guard let id = entry["id"]?.string, !id.isEmpty, let name = entry["name"]?.string,
            let words = entry["scopes"]?.elements,
            let created = entry["createdTime"]?.string.flatMap(ISO8601.timestamp),
            let digest = entry["sha256"]?.string.flatMap(Hexadecimal.bytes), digest.count == 32
        else { return nil }
        var scopes: Set<AccessScope> = []
        for word in words {
            guard let scope = word.string.flatMap(AccessScope.init(rawValue:)) else { return nil }
            scopes.insert(scope)
        }
        return AccessKey(id: id, name: name, scopes: scopes, createdAt: created, digest: digest)
    }
}
