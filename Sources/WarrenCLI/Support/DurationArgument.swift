import ArgumentParser

/// A length of time on the command line: a number with `ms`, `s`, `m`, `h` or `d`, seconds if bare.
struct DurationArgument: ExpressibleByArgument, Equatable {
    let duration: Duration

    init?(argument: String) {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("", 1),
        ]
        for unit in units where argument.hasSuffix(unit.suffix) {
            guard let number = Double(argument.dropLast(unit.suffix.count)), number.isFinite, number >= 0 else {
                continue
            }
            // At most a thousand years: longer ones are typing mistakes and would overflow later.
            guard number * unit.seconds <= 31_536_000_000 else { return nil }
            duration = .seconds(number * unit.seconds)
            return
        }
        return nil
    }
}
