/// A document in which repeated keys are renamed, so that the rest of it is examined, too.
///
/// The parser refuses a document with its first group that has a key twice, and hands over nothing of it. So the second and
/// later ones are written with a name of their own, which ``original(of:)`` gives back. That succeeds for keys that begin a
/// line, as in YAML and in JSON that was printed for people. What comes of it is never used: the document is refused.
struct RepeatedKeys {
    /// A key that is there again.
    struct Original {
        let name: String
        /// The line in which it stands first.
        let line: Int
    }

    private(set) var document: String
    private var originals: [String: Original] = [:]

    init(_ document: String) {
        self.document = document
    }

    /// The key for which a name stands, if the name was given here.
    func original(of name: String) -> Original? { originals[name] }

    /// Renames the keys of a group that repeat one of it.
    ///
    /// - Parameters:
    ///   - name: the key.
    ///   - line: the line of the key, from 1.
    ///   - column: its column, from 1.
    /// - Returns: whether a key was renamed; if not, the document cannot be read further.
    mutating func rename(_ name: String, line: Int, column: Int) -> Bool {
        var lines = document.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        guard lines.indices.contains(line - 1), Self.key(name, in: lines[line - 1], at: column - 1) != nil else {
            return false
        }
        var isRenamed = false
        for index in lines.indices.dropFirst(line) {
            let indentation = lines[index].prefix { $0 == " " || $0 == "\t" }.count
            guard let first = lines[index].dropFirst(indentation).first, first != "#", first != "\r\n" else { continue }
            // The group ends with a line that is indented less.
            guard indentation >= column - 1 else { break }
            guard indentation == column - 1, let key = Self.key(name, in: lines[index], at: indentation) else {
                continue
            }
            // A character that no key has: it is set aside for private use.
            let replacement = "\u{E000}\(originals.count)"
            originals[replacement] = Original(name: name, line: line)
            lines[index].replaceSubrange(key, with: "\"\(replacement)\"")
            isRenamed = true
        }
        document = lines.joined(separator: "\n")
        return isRenamed
    }

    /// The place of a key in a line, if it stands there.
    private static func key(_ name: String, in line: String, at column: Int) -> Range<String.Index>? {
        guard let start = line.index(line.startIndex, offsetBy: column, limitedBy: line.endIndex) else { return nil }
        for text in [name, "\"\(name)\"", "'\(name)'"] where line[start...].hasPrefix(text) {
            let end = line.index(start, offsetBy: text.count)
            if line[end...].first(where: { $0 != " " }) == ":" { return start..<end }
        }
        return nil
    }
}
