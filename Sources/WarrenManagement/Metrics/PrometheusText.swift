/// The parts of Prometheus' text format:
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
enum PrometheusText {
    /// A name in the form that Prometheus wants, ending in a suffix.
    static func name(_ label: String, suffix: String = "") -> String {
        let name = identifier(label, allowsColon: true)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// Labels as they are written between braces. Of two with the same name the first counts.
    static func labels(_ dimensions: [(String, String)]) -> String {
        var names: Set<String> = []
        var parts: [String] = []
        for (label, value) in dimensions {
            let name = identifier(label, allowsColon: false)
            if names.insert(name).inserted { parts.append("\(name)=\"\(escaped(value))\"") }
        }
        return parts.joined(separator: ",")
    }

    /// A line of a sample.
    static func sample(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// A number as Prometheus reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }

    /// A help text on one line.
    static func help(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func escaped(_ value: String) -> String {
        // By scalars, because "\r\n" is one character.
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func identifier(_ text: String, allowsColon: Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
            case "0"..."9":
                if name.isEmpty { name = "_" }
                name.unicodeScalars.append(scalar)
            case ":" where allowsColon: name.unicodeScalars.append(scalar)
            default: name += "_"
            }
        }
        return name.isEmpty ? "_" : name
    }
}
