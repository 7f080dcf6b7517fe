import DeskCore
import Testing

@Suite("Names as they are spoken to")
struct PersonNameTests {
    @Test(
        "a person is greeted by the given name, without titles, whatever the order",
        arguments: [
            ("Maria Souza", "Maria"), ("SOUZA, Maria", "Maria"), ("Souza, Maria Clara", "Maria"),
            ("SILVA SOUZA, MARIA", "Maria"), ("da Silva, João", "João"), ("Dr. Paulo Néri", "Paulo"),
            ("Dra Ana Lima", "Ana"), ("Sr. José", "José"), ("Sra. D. Maria José", "Maria"),
            ("Prof. Dr. Rui Reis", "Rui"),
            ("Eng.º Rui Reis", "Rui"), ("Dona Lúcia", "Lúcia"), ("Souza, Dr. Paulo", "Paulo"),
            ("Paulo Néri, Jr.", "Paulo"), ("João Silva, Filho", "João"), ("MARIA DA SILVA", "Maria"),
            ("Ana-Clara Reis", "Ana-Clara"), ("  maria  souza ", "Maria"), ("ana-clara reis", "Ana-Clara"),
            ("joão", "João"), ("de souza, maria", "Maria"),
            ("Enf.ª Carla Dias", "Carla"), ("Seu Jorge", "Jorge"), ("Bel. Pedro Reis", "Pedro"),
            ("Mercedes Campos", "Mercedes"),
            ("José Casagrande", "José"), ("Maria Hotelino", "Maria"), ("John O'Neil", "John"),
            ("Ilma Oliveira", "Ilma"), ("Irma Souza", "Irma"), ("Ilma. Ana Reis", "Ana"), ("Irmã Lúcia", "Lúcia"),
            ("Ilmª Ana Reis", "Ana"), ("Bel Souza", "Bel"), ("Maria de Sá", "Maria"), ("Ana Sá", "Ana"),
            ("MARIA DE SA", "Maria"),
        ]
    )
    func people(name: String, greeting: String) {
        #expect(PersonName.greeting(name) == greeting)
    }

    @Test(
        "an organisation, and whatever does not tell a given name, is greeted whole",
        arguments: [
            "Associação dos Moradores do Bairro", "Padaria Luz Ltda", "Sant'Anna & Filhos",
            "Lima e Costa Advogados S/A",
            "Prefeitura de Itu", "Silva Transportes", "ACME Corp", "Padaria 2 Irmãos", "Condomínio Sol", "Maria e João",
            "A. B. Souza", "Construtora Reis, Filial Norte", "Escola Estadual Ana Reis", "Luz Unipessoal Lda",
            "Luz e Reis SA", "Luz e Reis S.A.",
        ]
    )
    func organisations(name: String) {
        #expect(PersonName.greeting(name) == name)
    }

    @Test(
        "what is no name greets nobody",
        arguments: [
            "", " ", "ana@ex.br", "12345", "(11) 98765-4321", "Não informado", "?", ",", "Dr.", "Lima Reis, Ana, Bia",
        ]
    )
    func nobody(name: String) {
        #expect(PersonName.greeting(name) == nil)
    }

    @Test("a company known as such is greeted whole whatever its name")
    func known() {
        #expect(PersonName.greeting("Sol Nascente", isCompany: true) == "Sol Nascente")
    }
}
