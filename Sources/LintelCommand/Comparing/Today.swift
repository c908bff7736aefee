import ContractComparison
import Glibc

extension CalendarDate {
    /// Today, UTC.
    static var today: CalendarDate {
        // Before 1970 there was no gateway.
        CalendarDate(dayNumber: max(0, Int(time(nil))) / 86_400)
    }
}
