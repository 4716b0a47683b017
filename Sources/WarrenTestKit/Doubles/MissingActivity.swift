/// Thrown by a call of an activity that is to fail at another call, and that was neither registered nor faked.
struct MissingActivity: Error, CustomStringConvertible {
    var name: String

    var description: String {
        "There is no activity '\(name)' that could run. Register or fake it before it is to fail."
    }
}
