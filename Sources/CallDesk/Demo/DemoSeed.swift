import DeskCore
import Foundation
import IVRBridge
import Rehearsal

/// Who is in the demonstration: technicians with phones of the simulated PBX, and customers who call.
enum DemoSeed {
    static let password = "demonstracao1"
    /// The simulated Asterisk's name.
    static let line = "matriz"
    /// Its FreeSWITCH's, and that of the PBX that reports by webhook.
    static let branch = "filial"
    static let cloud = "nuvem"

    private static let people: [(login: String, name: String, role: Account.Role, phone: String?)] = [
        ("ana", "Ana Souza", .technician, "PJSIP/1002"), ("bruno", "Bruno Lima", .technician, "PJSIP/1001"),
        ("sofia", "Sofia Campos", .supervisor, nil), ("admin", "Administração", .administrator, nil),
    ]

    /// One phone, as each line calls it.
    private static func extensions(_ phone: String) -> [AccountExtension] {
        let number = PhoneName(phone).plain
        return [AccountExtension(party: phone)]
            + [branch, cloud].map { AccountExtension(line: $0, party: number) }
    }

    /// The phone somebody answers at.
    static func phone(of login: String) -> String? { people.first { $0.login == login }?.phone }

    /// Callers the simulated PBX lets ring, in turn; the second is nobody's registered number.
    static let callers: [(number: String, name: String)] = [
        ("11987654321", "Maria Silva"), ("21999998888", "João Reis"), ("3132710322", "Padaria Luz"),
        ("11955554444", "Desconhecido"),
    ]

    /// Each kind of caller there is, with the words of its button.
    static let kindsOfCaller: [(key: String, title: String, number: String, name: String)] = [
        ("conhecida", "cliente conhecida", "11987654321", "Maria Silva"),
        ("desconhecido", "número desconhecido", "11955554444", "Desconhecido"),
        ("compartilhado", "número de dois cadastros", "3132710322", "Padaria Luz"),
        ("anonimo", "número oculto", "anonymous", "Anonymous"),
        ("empresa", "empresa", "31988887777", "Bruno Luz"),
    ]

    private static let customers = """
        tipo;nome;documento;contato;email;telefone;contrato;plano;sms
        pessoa;Maria Silva;529.982.247-25;Maria Silva;maria.silva@exemplo.com.br;(11) 98765-4321;C-1001;Suporte completo;sim
        pessoa;João Reis;111.444.777-35;João Reis;joao.reis@exemplo.com.br;(21) 99999-8888;C-1002;Suporte básico;não
        empresa;Padaria Luz Ltda;11.222.333/0001-81;Ana Luz;ana@padarialuz.com.br;(31) 3271-0322, (31) 99123-4567;C-1003;ERP e suporte;sim
        empresa;Padaria Luz Ltda;11.222.333/0001-81;Bruno Luz;bruno@padarialuz.com.br;(31) 98888-7777;C-1003;ERP e suporte;sim
        empresa;Oficina Norte S.A.;12.ABC.345/01DE-35;Carla Prado;carla@oficinanorte.com.br;(31) 3271-0322;C-1004;ERP;sim
        """

    /// Fills an empty desk; a desk that has accounts already is left as it is.
    ///
    /// - Returns: whether it was empty.
    static func fill(_ app: App) async throws -> Bool {
        guard try await app.accounts.list(limit: 1).isEmpty else { return false }
        let actor = AuditActor.system("demo")
        for (login, name, role, phone) in people {
            let draft = AccountDraft(
                login: login,
                name: name,
                role: role,
                extensions: phone.map(extensions) ?? []
            )
            _ = try await app.accounts.add(draft, password: password, by: actor)
        }
        try await load(customers, into: app, by: actor)
        try await persons(app, by: actor)
        return true
    }

    /// Takes customers from a CSV text, as the command does.
    static func load(_ text: String, into app: App, by actor: AuditActor) async throws {
        var rest = Optional([UInt8](text.utf8))
        let report = try await CustomerImport(directory: app.customers)
            .run(
                next: { () throws(ImportError) in
                    defer { rest = nil }
                    return rest
                },
                by: actor
            )
        guard report.refused == 0 else { throw DemoError.seed(report.refusals.map { $0.text(in: .ptBR) }) }
    }

    /// Customers who sign in on the portal by their e-mail; Ana sees all of the bakery's tickets.
    private static func persons(_ app: App, by actor: AuditActor) async throws {
        for (email, reach) in [("maria.silva@exemplo.com.br", nil), ("ana@padarialuz.com.br", Reach.all)] {
            guard let address = EmailAddress(email),
                let contact = try await app.customers.contact(email: address)
            else { continue }
            let person = try await app.persons.invite(contactID: contact.id, reach: reach, by: actor)
            _ = try await app.persons.activate(person.id, login: email, password: password, by: actor)
        }
    }
}

/// Why the demonstration does not start.
enum DemoError: Error, CustomStringConvertible {
    case seed([String])
    case recordings
    /// A chapter of the story, counted from 1, that the desk did not take, and why.
    case chapter(Int, String)
    case scenario(String, Scenario.Fault)

    var description: String {
        switch self {
        case .seed(let lines): "the demonstration's customers were refused:\n" + lines.joined(separator: "\n")
        case .chapter(let number, let why): "chapter \(number) of the demonstration's story: \(why)"
        case .scenario(let name, let fault): "demo/\(name).scenario, \(fault)"
        case .recordings:
            "the recordings are missing; run the program from where it was built, or install its resources beside it"
        }
    }
}
