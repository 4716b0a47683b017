import Testing
import Warren

/// A text in Prometheus' format 0.0.4, read strictly: what Prometheus forgives or a scraper might not is an error.
struct Exposition {
    struct Sample: Hashable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    struct Problem: Error, CustomStringConvertible {
        var line: String
        var what: String
        var description: String { "\(what): \(line)" }
    }

    private(set) var samples: [Sample] = []
    private(set) var types: [String: String] = [:]
    private(set) var helps: [String: String] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Problem(line: "", what: "The last line does not end") }
        var seen: Set<[String]> = []
        var open: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) {
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/) {
                let name = String(match.1)
                guard helps.updateValue(String(match.2), forKey: name) == nil else {
                    throw Problem(line: line, what: "A second HELP")
                }
                open = name
            } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
                let name = String(match.1)
                guard types.updateValue(String(match.2), forKey: name) == nil else {
                    throw Problem(line: line, what: "A second TYPE")
                }
                open = name
            } else {
                let sample = try Self.sample(line)
                guard let family = open, let type = types[family] else {
                    throw Problem(line: line, what: "A sample before its TYPE")
                }
                let suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                guard suffixes.contains(where: { sample.name == family + $0 }) else {
                    throw Problem(line: line, what: "A sample of another family than \(family)")
                }
                guard type != "counter" || (sample.name.hasSuffix("_total") && sample.value >= 0) else {
                    throw Problem(line: line, what: "No counter")
                }
                let labels = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                guard seen.insert([sample.name] + labels).inserted else {
                    throw Problem(line: line, what: "A second sample of a series")
                }
                samples.append(sample)
            }
        }
        try checkHistograms()
    }

    /// The sum of the samples of a name whose labels include these.
    func total(_ name: String, _ labels: [String: String] = [:]) -> Double {
        samples.filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }.reduce(0) { $0 + $1.value }
    }

    /// The values that a label has.
    func values(of label: String) -> Set<String> { Set(samples.compactMap { $0.labels[label] }) }

    private static func sample(_ line: String) throws -> Sample {
        let form = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)/
            .matchingSemantics(.unicodeScalar).dotMatchesNewlines()
        guard let match = line.wholeMatch(of: form) else { throw Problem(line: line, what: "No sample") }
        let value: Double
        switch match.3 {
        case "+Inf": value = .infinity
        case "-Inf": value = -.infinity
        case "NaN": value = .nan
        default:
            guard let number = Double(match.3) else { throw Problem(line: line, what: "No number") }
            value = number
        }
        var labels: [String: String] = [:]
        if var rest = match.2 {
            let form = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$)/.matchingSemantics(.unicodeScalar)
            repeat {
                guard let pair = rest.prefixMatch(of: form) else { throw Problem(line: line, what: "No label") }
                guard labels.updateValue(unescaped(pair.2), forKey: String(pair.1)) == nil else {
                    throw Problem(line: line, what: "A label twice")
                }
                rest = rest[pair.range.upperBound...]
                if rest.isEmpty, pair.3 == "," { throw Problem(line: line, what: "A comma too many") }
            } while !rest.isEmpty
        }
        return Sample(name: String(match.1), labels: labels, value: value)
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                result.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Buckets ascend to `+Inf`, whose number is the count.
    private func checkHistograms() throws {
        for (family, type) in types where type == "histogram" {
            var buckets: [[String: String]: [(bound: Double, count: Double)]] = [:]
            for sample in samples where sample.name == family + "_bucket" {
                var labels = sample.labels
                guard let text = labels.removeValue(forKey: "le") else {
                    throw Problem(line: family, what: "A bucket without a bound")
                }
                buckets[labels, default: []].append((text == "+Inf" ? .infinity : Double(text) ?? .nan, sample.value))
            }
            for (labels, series) in buckets {
                let isAscending = zip(series, series.dropFirst()).allSatisfy {
                    $0.bound < $1.bound && $0.count <= $1.count
                }
                let count = samples.first { $0.name == family + "_count" && $0.labels == labels }?.value
                let hasSum = samples.contains { $0.name == family + "_sum" && $0.labels == labels }
                guard isAscending, series.last?.bound == .infinity, series.last?.count == count, hasSum else {
                    throw Problem(line: "\(family) \(labels)", what: "Buckets that are none")
                }
            }
        }
    }
}
