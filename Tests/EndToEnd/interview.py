"""Answers an interview over the API as a technician would, whatever the catalogue asks."""

SAMPLES = {
    "text": "Erro 613", "long-text": "Ao emitir a nota aparece o erro 613.", "number": "3", "money": "10,50",
    "date": "20/11/2026", "time": "14:30", "phone": "(11) 98765-4321", "email": "maria.silva@exemplo.com.br",
    "cpf": "529.982.247-25", "cnpj": "11.222.333/0001-81", "cpf-or-cnpj": "529.982.247-25", "nif": "123456789",
    "cep": "01310-100", "secret": "s3nh@",
}


def answer_for(prompt, topic):
    kind, field = prompt["kind"], prompt.get("field")
    if kind in ("confirm_candidate", "review"):
        return {"confirm": True}
    if kind == "choose_candidate":
        return {"option": prompt["candidates"][0]["id"]}
    if kind == "topic":
        return {"option": topic}
    if field == "yes-no":
        return {"text": "sim"}
    if field == "choice":
        return {"option": next(o["id"] for o in prompt["options"] if o["role"] == "value")}
    if field == "choices":
        return {"options": [next(o["id"] for o in prompt["options"] if o["role"] == "value")]}
    if field == "address":
        return {"address": {"cep": "01310100", "street": "Av. Paulista", "number": "1000", "district": "Bela Vista",
                            "city": "São Paulo", "state": "SP"}}
    if not prompt["required"]:
        return {"skip": True}
    return {"text": prompt.get("suggestion") or SAMPLES.get(field, "Erro 613 ao emitir a nota")}


def run(desk, attendance, topic, account=None, stop_at=None):
    """Runs to the end (or to the prompt named stop_at) and returns the last state."""
    headers = {"CallDesk-Account": account} if account else {}
    body = {"attendance_id": attendance} if attendance else {"walk_in": True}
    state = desk.call("POST", "/api/v1/interviews", body, **headers)
    assert state.status in (200, 201), (state.status, state.body)
    for _ in range(60):
        prompt = state["prompt"]
        if state.body.get("outcome") or prompt["id"] == stop_at:
            return state.body
        path = "/api/v1/interviews/%d/answers" % state["attendance"]["id"]
        answer = {"revision": state["revision"], "prompt": prompt["id"], "answer": answer_for(prompt, topic)}
        state = desk.call("POST", path, answer, **headers)
        assert state.status == 200, (state.status, state.body, answer)
        error = state["prompt"].get("error")
        assert not error or state["prompt"]["id"] != prompt["id"], (prompt["id"], answer, error)
    raise AssertionError("the interview does not end: %s" % prompt["id"])
