"""Answers the desk's questions with the keyboard, as a technician's hands would."""
ANSWERS = {"text": "Erro 613", "date": "20/11/2026", "number": "3", "money": "10,00", "time": "14:30", "email": "ana@exemplo.com.br",
           "phone": "11 98765-4321", "cpf": "529.982.247-25", "cpf-or-cnpj": "529.982.247-25", "cep": "01310-100"}


def answer(page, words=None):
    """Answers the question on the screen by keys alone and returns the next one."""
    words = words or {}
    before = page.question()
    prompt, kind, _ = before
    if kind == "confirm_candidate":
        page.press("1")
    elif kind == "topic":
        if page.focus()[0] == "input":
            page.type(words.get(prompt, "erro no sistema"))
            page.press("Enter")
        else:
            page.press("1")
    elif kind in ("choice", "yes-no"):
        page.press("1")
    elif kind == "choices":
        page.press(" ", "Enter")
    elif kind == "long-text":
        page.type(words.get(prompt, "Ao emitir a nota aparece a mensagem."))
        page.press(("Control", "Enter"))
    elif kind == "file":
        page.press(("Control", "Enter"))
    else:
        page.type(words.get(prompt, ANSWERS[kind]))
        page.press("Enter")
    now = page.next_question(before)
    fault = page.text("#q-error").strip()
    if now[0] == prompt and fault:
        raise AssertionError("%s did not pass: %s" % (prompt, fault))
    return now


def until(page, prompt, words=None, most=40):
    """Answers until the question `prompt` is on the screen."""
    for _ in range(most):
        now = page.question()
        if now and now[0] == prompt:
            return now
        answer(page, words)
    raise AssertionError("no question %s" % prompt)
