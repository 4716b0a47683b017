import ArgumentParser

/// A length of time: `90s`, `2m`, `1h`, or a number of seconds.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let units = ["s": 1, "m": 60, "h": 3600]
        let unit = argument.last.flatMap { units[String($0)] }
        // A bound well below what could overflow: nobody plays for ten years.
        guard let count = Int(unit == nil ? argument : String(argument.dropLast())), (1...87_600).contains(count) else {
            return nil
        }
        duration = .seconds(count * (unit ?? 1))
    }

    var defaultValueDescription: String {
        let seconds = duration.components.seconds
        return seconds % 3600 == 0 ? "\(seconds / 3600)h" : seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }
}
