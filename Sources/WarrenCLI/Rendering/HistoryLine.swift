import Warren

/// One history event for people: its type, its number, then the rest as `key=value`.
struct HistoryLine {
    let text: String

    init(_ event: Payload) {
        guard case .object(var members)? = try? JSONValue(event), case .string(let type)? = members["type"] else {
            text = event.json.printable
            return
        }
        members["type"] = nil
        var parts = [type]
        if case .integer(let number)? = members.removeValue(forKey: "id") { parts.append("#\(number)") }
        if case .string(let name)? = members.removeValue(forKey: "name") { parts.append(name) }
        if case .string(let time)? = members.removeValue(forKey: "timestamp") { parts.append(time) }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) { parts.append("\(key)=\(Payload(value).json)") }
        text = parts.joined(separator: " ").printable
    }
}
