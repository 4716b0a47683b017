import Warren

/// One history event for people: its type, its number, then the rest as `key=value`, values as they are written.
struct HistoryLine {
    let text: String

    init(_ event: Payload) {
        guard let node = try? JSONNode(event), let type = node["type"]?.string, let members = node.members else {
            text = event.json.printable
            return
        }
        var parts = [type]
        var shown: Set<String> = ["type"]
        func show(_ key: String, _ text: String?) {
            guard let text else { return }
            parts.append(text)
            shown.insert(key)
        }
        show("id", node["id"]?.integer.map { "#\($0)" })
        show("name", node["name"]?.string)
        show("timestamp", node["timestamp"]?.string)
        for (key, value) in members where !shown.contains(key) { parts.append("\(key)=\(value.payload.json)") }
        text = parts.joined(separator: " ").printable
    }
}
