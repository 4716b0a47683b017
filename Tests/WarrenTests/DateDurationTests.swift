import Foundation
import Testing
import Warren

@Suite("Dates and lengths of time")
struct DateDurationTests {
    @Test("A date plus a duration, and minus one, to the microsecond")
    func arithmetic() {
        let noon = Date(timeIntervalSince1970: 1_893_499_200)
        #expect(noon + .minutes(2) == noon.addingTimeInterval(120))
        #expect(noon - .hours(1) == noon.addingTimeInterval(-3600))
        #expect((noon + .microseconds(1)) - .microseconds(1) == noon)
        #expect(noon + .zero == noon)
    }
}
