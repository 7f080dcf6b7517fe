import Testing

@testable import DeskCore

@Suite("A password typed where it would stay readable is noticed")
struct PasswordSpotterTests {
    private func found(_ text: String) -> [String] { PasswordSpotter.spot(in: text).map { String(text[$0]) } }

    @Test(
        "in the languages of the desk, with a sign or a word before it",
        arguments: [
            ("A senha é Gato#2026", "Gato#2026"), ("senha: abc123", "abc123"), ("Senha do servidor = x9!kk", "x9!kk"),
            ("usuário maria senha: 'M@ria77' e só", "M@ria77"), ("password is hunter2", "hunter2"),
            ("palavra-passe: Lisboa99", "Lisboa99"), ("PIN: 4711", "4711"), ("pwd->a_b_c", "a_b_c"),
            ("a senha nova é gAto", "gAto"), ("SENHA:S3GR3D0", "S3GR3D0"),
            ("usuário joao senha Joao@2024", "Joao@2024"), ("Login ana, senha 123456.", "123456."),
            ("password hunter2 and go on", "hunter2"), ("PIN 4711", "4711"), ("senha senha Gato99", "Gato99"),
        ]
    )
    func noticed(text: String, password: String) {
        #expect(found(text) == [password])
        #expect(!PasswordSpotter.covered(text, PasswordSpotter.spot(in: text)).contains(password))
    }

    @Test(
        "talk about passwords is none",
        arguments: [
            "Esqueci a senha.", "A senha é pedida duas vezes", "senha: esqueci", "Minha senha não funciona: erro",
            "The password is wrong", "pinto a parede: azul2", "senha: •••••", "Senha: ***PASSWORD", "", "senha",
            "Troque a senha em: configurações", "Errei a senha três vezes", "senha errada 3 vezes",
            "senha ana@exemplo.com2",
            "a senha 2x", "senha expirada 10/2026", "Não chega a senha por e-mail", "senha Wi-Fi",
        ]
    )
    func talk(text: String) {
        #expect(found(text).isEmpty)
    }

    @Test("each of several, and no more than ten; what is around them stays")
    func several() {
        let text = "senha: um1um1 e a senha: dois22!"
        #expect(found(text) == ["um1um1", "dois22!"])
        let covered = PasswordSpotter.covered(text, PasswordSpotter.spot(in: text))
        #expect(covered == "senha: ••••• e a senha: •••••")
        #expect(found(String(repeating: "senha: abc123 ", count: 50)).count == 10)
    }

    @Test("a long text of naming words takes no long time", .timeLimit(.minutes(1)))
    func bounded() {
        #expect(found(String(repeating: "senha ", count: 30_000)).isEmpty)
        #expect(found(String(repeating: "senha a b ", count: 20_000)).isEmpty)
        #expect(found("senha " + String(repeating: "é", count: 100_000)).isEmpty)
    }
}
