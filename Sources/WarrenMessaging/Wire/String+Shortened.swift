extension String {
    /// As much of a text as fits into so many bytes of UTF-8 together with a mark that says how long it was; a text that
    /// fits is left as it is, and so is one that was shortened to this size before.
    package func shortened(to limit: Int) -> String {
        let size = utf8.count
        guard size > limit else { return self }
        let mark = "… (shortened, it had \(size) bytes)"
        var end = utf8.index(startIndex, offsetBy: max(0, limit - mark.utf8.count))
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + mark
    }
}
