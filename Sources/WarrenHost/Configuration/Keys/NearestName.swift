/// The search for the name that was probably meant by one that does not exist.
package enum NearestName {
    /// Returns the known name that differs least, if it differs by no more than a third of its letters.
    ///
    /// - Parameters:
    ///   - name: what was written; only its first 100 letters count.
    ///   - known: the names that there are, of which the first of equally near ones is taken.
    package static func of(_ name: String, among known: [String]) -> String? {
        let letters = Array(name.lowercased().prefix(100))
        let nearest = known.map { ($0, distance(letters, Array($0.lowercased()))) }.min { $0.1 < $1.1 }
        guard let nearest, nearest.1 * 3 <= max(letters.count, nearest.0.count) else { return nil }
        return nearest.0
    }

    /// The number of letters to insert, remove or replace, where two neighbours that changed places count as one
    /// (https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance, the restricted form).
    package static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in second.enumerated() {
                var least = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, letter == second[column - 1], first[row - 1] == other {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            (beforeLast, last) = (last, current)
        }
        return last[second.count]
    }
}
