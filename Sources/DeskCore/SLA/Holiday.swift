/// A day off: whose, by which law, and whether everybody has it.
public struct Holiday: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// By law, for the whole country.
        case national
        /// Left to each employer: Carnival, Corpus Christi in Brazil.
        case facultative
        /// The desk's own list: municipal days, a company's day.
        case local
    }

    /// `carnival-tuesday`, as the settings name it.
    public let id: String
    public let name: String
    public let kind: Kind
    public let law: String

    public init(id: String, name: String, kind: Kind, law: String) {
        self.id = id
        self.name = name
        self.kind = kind
        self.law = law
    }
}

/// A country's holidays, computed for any year; movable ones follow Easter.
public enum HolidayCountry: String, Sendable, Codable, CaseIterable {
    case brazil = "BR"
    case portugal = "PT"

    /// What this day is in this country, facultative days included; nil for a day like others.
    public func holiday(on day: CalendarDay) -> Holiday? {
        rules.first { $0.falls(on: day) }?.holiday
    }

    /// Every rule's holiday, for choosing the facultative ones.
    public var holidays: [Holiday] { rules.map(\.holiday) }

    private var rules: [HolidayRule] {
        switch self {
        case .brazil: HolidayRule.brazil
        case .portugal: HolidayRule.portugal
        }
    }
}

/// When a holiday falls: a day of the year or so many days from Easter, in the years its law holds.
struct HolidayRule: Sendable {
    enum Date: Sendable {
        case fixed(month: Int, day: Int)
        case easter(Int)
    }

    let holiday: Holiday
    let date: Date
    var years: ClosedRange<Int> = 1900...2199
    var suspended: ClosedRange<Int>?

    func falls(on day: CalendarDay) -> Bool {
        guard years.contains(day.year), suspended?.contains(day.year) != true else { return false }
        return switch date {
        case .fixed(let month, let date): day.month == month && day.day == date
        case .easter(let offset): day.daysSince1970 - Easter.day(in: day.year) == offset
        }
    }

    private static func national(
        _ id: String,
        _ name: String,
        _ date: Date,
        _ law: String,
        years: ClosedRange<Int> = 1900...2199,
        suspended: ClosedRange<Int>? = nil
    ) -> HolidayRule {
        HolidayRule(
            holiday: Holiday(id: id, name: name, kind: .national, law: law),
            date: date,
            years: years,
            suspended: suspended
        )
    }

    private static func facultative(_ id: String, _ name: String, _ date: Date, _ law: String) -> HolidayRule {
        HolidayRule(holiday: Holiday(id: id, name: name, kind: .facultative, law: law), date: date)
    }

    /// Lei 662/1949 and its changes; the facultative days are those of the federal calendar each year.
    static let brazil: [HolidayRule] = [
        national("new-year", "Confraternização Universal", .fixed(month: 1, day: 1), "Lei 662/1949"),
        facultative("carnival-monday", "Carnaval (segunda-feira)", .easter(-48), "ponto facultativo federal"),
        facultative("carnival-tuesday", "Carnaval", .easter(-47), "ponto facultativo federal"),
        facultative("ash-wednesday", "Quarta-feira de Cinzas", .easter(-46), "ponto facultativo federal"),
        national("good-friday", "Paixão de Cristo", .easter(-2), "Lei 9.093/1995"),
        national("tiradentes", "Tiradentes", .fixed(month: 4, day: 21), "Lei 662/1949"),
        national("labour-day", "Dia do Trabalho", .fixed(month: 5, day: 1), "Lei 662/1949"),
        facultative("corpus-christi", "Corpus Christi", .easter(60), "ponto facultativo federal"),
        national("independence", "Independência do Brasil", .fixed(month: 9, day: 7), "Lei 662/1949"),
        national("aparecida", "Nossa Senhora Aparecida", .fixed(month: 10, day: 12), "Lei 6.802/1980"),
        facultative("public-servant", "Dia do Servidor Público", .fixed(month: 10, day: 28), "Lei 8.112/1990"),
        national("all-souls", "Finados", .fixed(month: 11, day: 2), "Lei 662/1949"),
        national("republic", "Proclamação da República", .fixed(month: 11, day: 15), "Lei 662/1949"),
        national(
            "black-awareness",
            "Zumbi e Consciência Negra",
            .fixed(month: 11, day: 20),
            "Lei 14.759/2023",
            years: 2024...2199
        ),
        facultative("christmas-eve", "Véspera de Natal", .fixed(month: 12, day: 24), "ponto facultativo federal"),
        national("christmas", "Natal", .fixed(month: 12, day: 25), "Lei 662/1949"),
        facultative("new-year-eve", "Véspera de Ano-Novo", .fixed(month: 12, day: 31), "ponto facultativo federal"),
    ]

    /// Código do Trabalho, articles 234 and 235; four of them were suspended from 2013 to 2015 (Lei 23/2012, Lei 8/2016).
    static let portugal: [HolidayRule] = [
        national("new-year", "Ano Novo", .fixed(month: 1, day: 1), "CT art. 234.º"),
        facultative("carnival-tuesday", "Carnaval", .easter(-47), "CT art. 235.º"),
        national("good-friday", "Sexta-Feira Santa", .easter(-2), "CT art. 234.º"),
        national("easter", "Domingo de Páscoa", .easter(0), "CT art. 234.º"),
        national("freedom-day", "Dia da Liberdade", .fixed(month: 4, day: 25), "CT art. 234.º"),
        national("labour-day", "Dia do Trabalhador", .fixed(month: 5, day: 1), "CT art. 234.º"),
        national("corpus-christi", "Corpo de Deus", .easter(60), "CT art. 234.º", suspended: 2013...2015),
        national("portugal-day", "Dia de Portugal", .fixed(month: 6, day: 10), "CT art. 234.º"),
        national("assumption", "Assunção de Nossa Senhora", .fixed(month: 8, day: 15), "CT art. 234.º"),
        national(
            "republic",
            "Implantação da República",
            .fixed(month: 10, day: 5),
            "CT art. 234.º",
            suspended: 2013...2015
        ),
        national("all-saints", "Todos os Santos", .fixed(month: 11, day: 1), "CT art. 234.º", suspended: 2013...2015),
        national(
            "independence",
            "Restauração da Independência",
            .fixed(month: 12, day: 1),
            "CT art. 234.º",
            suspended: 2013...2015
        ),
        national("immaculate", "Imaculada Conceição", .fixed(month: 12, day: 8), "CT art. 234.º"),
        facultative("christmas-eve", "Véspera de Natal", .fixed(month: 12, day: 24), "tolerância de ponto"),
        national("christmas", "Natal", .fixed(month: 12, day: 25), "CT art. 234.º"),
    ]
}

/// The Sunday of Easter in the Gregorian calendar.
enum Easter {
    /// Days since 1970-01-01, by the anonymous Gregorian algorithm (Nature, 1876).
    static func day(in year: Int) -> Int {
        let golden = year % 19
        let century = year / 100
        let ofCentury = year % 100
        let skipped = century / 4
        let correction = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - skipped - correction + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (ofCentury / 4) - epact - ofCentury % 4) % 7
        let late = (golden + 11 * epact + 22 * weekday) / 451
        let sum = epact + weekday - 7 * late + 114
        return CalendarDay(year: year, month: sum / 31, day: sum % 31 + 1)?.daysSince1970 ?? 0
    }
}
