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
    /// Nil for a day of the desk's own that no law names.
    public let name: LocalizedText?
    public let kind: Kind
    public let law: String

    public init(id: String, name: LocalizedText?, kind: Kind, law: String) {
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
        _ name: LocalizedText,
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

    private static func facultative(_ id: String, _ name: LocalizedText, _ date: Date, _ law: String) -> HolidayRule {
        HolidayRule(holiday: Holiday(id: id, name: name, kind: .facultative, law: law), date: date)
    }

    /// Lei 662/1949 and its changes; the facultative days are those of the federal calendar each year.
    static let brazil: [HolidayRule] = [
        national(
            "new-year",
            LocalizedText("Confraternização Universal", en: "New Year's Day"),
            .fixed(month: 1, day: 1),
            "Lei 662/1949"
        ),
        facultative(
            "carnival-monday",
            LocalizedText("Carnaval (segunda-feira)", en: "Carnival Monday"),
            .easter(-48),
            "ponto facultativo federal"
        ),
        facultative(
            "carnival-tuesday",
            LocalizedText("Carnaval", en: "Carnival Tuesday"),
            .easter(-47),
            "ponto facultativo federal"
        ),
        facultative(
            "ash-wednesday",
            LocalizedText("Quarta-feira de Cinzas", en: "Ash Wednesday"),
            .easter(-46),
            "ponto facultativo federal"
        ),
        national("good-friday", LocalizedText("Paixão de Cristo", en: "Good Friday"), .easter(-2), "Lei 9.093/1995"),
        national(
            "tiradentes",
            LocalizedText("Tiradentes", en: "Tiradentes Day"),
            .fixed(month: 4, day: 21),
            "Lei 662/1949"
        ),
        national(
            "labour-day",
            LocalizedText("Dia do Trabalho", en: "Labour Day"),
            .fixed(month: 5, day: 1),
            "Lei 662/1949"
        ),
        facultative(
            "corpus-christi",
            LocalizedText("Corpus Christi", en: "Corpus Christi"),
            .easter(60),
            "ponto facultativo federal"
        ),
        national(
            "independence",
            LocalizedText("Independência do Brasil", en: "Brazil's Independence Day"),
            .fixed(month: 9, day: 7),
            "Lei 662/1949"
        ),
        national(
            "aparecida",
            LocalizedText("Nossa Senhora Aparecida", en: "Our Lady of Aparecida"),
            .fixed(month: 10, day: 12),
            "Lei 6.802/1980"
        ),
        facultative(
            "public-servant",
            LocalizedText("Dia do Servidor Público", en: "Public Servants' Day"),
            .fixed(month: 10, day: 28),
            "Lei 8.112/1990"
        ),
        national(
            "all-souls",
            LocalizedText("Finados", en: "All Souls' Day"),
            .fixed(month: 11, day: 2),
            "Lei 662/1949"
        ),
        national(
            "republic",
            LocalizedText("Proclamação da República", en: "Proclamation of the Republic"),
            .fixed(month: 11, day: 15),
            "Lei 662/1949"
        ),
        national(
            "black-awareness",
            LocalizedText("Zumbi e Consciência Negra", en: "Zumbi and Black Awareness Day"),
            .fixed(month: 11, day: 20),
            "Lei 14.759/2023",
            years: 2024...2199
        ),
        facultative(
            "christmas-eve",
            LocalizedText("Véspera de Natal", en: "Christmas Eve"),
            .fixed(month: 12, day: 24),
            "ponto facultativo federal"
        ),
        national("christmas", LocalizedText("Natal", en: "Christmas Day"), .fixed(month: 12, day: 25), "Lei 662/1949"),
        facultative(
            "new-year-eve",
            LocalizedText("Véspera de Ano-Novo", en: "New Year's Eve"),
            .fixed(month: 12, day: 31),
            "ponto facultativo federal"
        ),
    ]

    /// Código do Trabalho, articles 234 and 235; four of them were suspended from 2013 to 2015 (Lei 23/2012, Lei 8/2016).
    static let portugal: [HolidayRule] = [
        national(
            "new-year",
            LocalizedText("Ano Novo", en: "New Year's Day"),
            .fixed(month: 1, day: 1),
            "CT art. 234.º"
        ),
        facultative(
            "carnival-tuesday",
            LocalizedText("Carnaval", en: "Carnival Tuesday"),
            .easter(-47),
            "CT art. 235.º"
        ),
        national("good-friday", LocalizedText("Sexta-Feira Santa", en: "Good Friday"), .easter(-2), "CT art. 234.º"),
        national("easter", LocalizedText("Domingo de Páscoa", en: "Easter Sunday"), .easter(0), "CT art. 234.º"),
        national(
            "freedom-day",
            LocalizedText("Dia da Liberdade", en: "Freedom Day"),
            .fixed(month: 4, day: 25),
            "CT art. 234.º"
        ),
        national(
            "labour-day",
            LocalizedText("Dia do Trabalhador", en: "Labour Day"),
            .fixed(month: 5, day: 1),
            "CT art. 234.º"
        ),
        national(
            "corpus-christi",
            LocalizedText("Corpo de Deus", en: "Corpus Christi"),
            .easter(60),
            "CT art. 234.º",
            suspended: 2013...2015
        ),
        national(
            "portugal-day",
            LocalizedText("Dia de Portugal", en: "Portugal Day"),
            .fixed(month: 6, day: 10),
            "CT art. 234.º"
        ),
        national(
            "assumption",
            LocalizedText("Assunção de Nossa Senhora", en: "Assumption of Mary"),
            .fixed(month: 8, day: 15),
            "CT art. 234.º"
        ),
        national(
            "republic",
            LocalizedText("Implantação da República", en: "Republic Day"),
            .fixed(month: 10, day: 5),
            "CT art. 234.º",
            suspended: 2013...2015
        ),
        national(
            "all-saints",
            LocalizedText("Todos os Santos", en: "All Saints' Day"),
            .fixed(month: 11, day: 1),
            "CT art. 234.º",
            suspended: 2013...2015
        ),
        national(
            "independence",
            LocalizedText("Restauração da Independência", en: "Restoration of Independence"),
            .fixed(month: 12, day: 1),
            "CT art. 234.º",
            suspended: 2013...2015
        ),
        national(
            "immaculate",
            LocalizedText("Imaculada Conceição", en: "Immaculate Conception"),
            .fixed(month: 12, day: 8),
            "CT art. 234.º"
        ),
        facultative(
            "christmas-eve",
            LocalizedText("Véspera de Natal", en: "Christmas Eve"),
            .fixed(month: 12, day: 24),
            "tolerância de ponto"
        ),
        national("christmas", LocalizedText("Natal", en: "Christmas Day"), .fixed(month: 12, day: 25), "CT art. 234.º"),
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
