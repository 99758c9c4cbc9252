"""What texts are taken for, against texts that people have labelled.

`tests/language/README.md` says what the sets are and what was measured when.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from language.texts import FILES, NEAR_MISSES, Reader, Text, read

from ground import configuration
from ground.database import Connection

# Precision and recall, each class of a text of ours or the customer's.
TARGETS = {
    "courtesy": (0.97, 0.85),
    "question": (0.95, 0.90),
    "greeting": (0.95, 0.85),
    "closing_offer": (0.95, 0.85),
    "transfer": (0.95, 0.80),
}


@pytest.fixture(scope="module")
def reader(new_database: Callable[[str], Connection]) -> Iterator[Reader]:
    with closing(psycopg2.connect(**new_database("language"))) as connection:
        connection.autocommit = True
        yield Reader(connection)


def ours(reader: Reader, text: str) -> dict[str, object]:
    return reader.read([Text("1", "ours", text, "")])["1"]


def customers(reader: Reader, text: str) -> dict[str, object]:
    return reader.read([Text("1", "customer", text, "")])["1"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("label", TARGETS)
def test_classes_are_found(reader: Reader, file: Path, label: str) -> None:
    texts = read(file)
    found = reader.read(texts)
    taken = [text for text in texts if found[text.id]["text_class"] == label]
    meant = [text for text in texts if text.label == label]
    hits = sum(text.label == label for text in taken)
    precision, recall = TARGETS[label]
    assert hits >= precision * len(taken)
    assert hits >= recall * len(meant)


@pytest.mark.parametrize("file", [*FILES, NEAR_MISSES], ids=lambda file: file.stem)
def test_no_request_is_taken_for_a_courtesy(reader: Reader, file: Path) -> None:
    """Whoever asks and is taken to say thanks waits for ever."""
    texts = read(file)
    found = reader.read(texts)
    assert [
        text.text
        for text in texts
        if text.label == "request" and found[text.id]["text_class"] == "courtesy"
    ] == []


def test_near_misses_are_no_transfers(reader: Reader) -> None:
    """What is handed on, sent or called, and no customer with it."""
    texts = read(NEAR_MISSES)
    found = reader.read(texts)
    answers = [text for text in texts if text.label == "answer"]
    kept = [text for text in answers if found[text.id]["text_class"] == "answer"]
    assert len(answers) == 60
    assert len(kept) >= 0.95 * len(answers)


def test_misses_are_printed(reader: Reader) -> None:
    """With -s: what is taken for something else, to be read before rules change."""
    for file in [*FILES, NEAR_MISSES]:
        texts = read(file)
        found = reader.read(texts)
        for text in texts:
            taken = found[text.id]["text_class"]
            if taken != text.label:
                where = f"{file.stem} {text.id}"
                print(f"{where}: {text.label}, read as {taken}: {text.text!r}")
        assert set(found) == {text.id for text in texts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # From real integrations: a name above the text, a signature below it.
        ("*Bia:*\nOlá! Sou a assistente virtual da AllpFit.", "greeting"),
        ("Oi, sou a Ana", "greeting"),
        ("Qual unidade você frequenta?\n\nAtenciosamente,\nBia - AllpFit", "question"),
        ("Para continuar, me informe seu CPF, por favor.", "question"),
        ("Digite o número da opção desejada:\n1 - Planos\n2 - Horários", "question"),
        ("Oi! Qual plano você quer?", "question"),
        ("Das 6h às 23h.", "answer"),
        ("Vou transferir você para a equipe.", "transfer"),
        ("Qual o seu CPF?\n--\nBia Souza\nAcademia Vigor", "question"),
        ("Qual horário você prefere?\n-- \nAna Paula", "question"),
        ("Estamos à disposição!\n\n—\nBia", "closing_offer"),
        ("Passei seu caso pra Bia, tá?", "transfer"),
        ("Só falta o seu RG", "question"),
        ("Nome completo:", "question"),
        # Near misses of each.
        ("Me dá um instante", "answer"),
        ("Só falta o e-mail de confirmação chegar.", "answer"),
        ("Segue o endereço:", "answer"),
        ("Vou passar o link para a Ana assinar.", "answer"),
        ("Te deixo com o desconto até sexta.", "answer"),
        ("Chamei o técnico ontem e o ar já foi consertado.", "answer"),
        ("--\nMe informe seu CPF", "question"),
        ("A transferência bancária leva um dia.", "answer"),
        ("Vou te passar os valores.", "answer"),
        ("O atendimento humano funciona das 8h às 18h.", "answer"),
        ("Procura estacionamento? Temos, e é gratuito.", "answer"),
        ("A diária custa R$ 40. Posso ajudar em algo mais? 😊", "answer"),
        ("Posso passar seu contato para um consultor?", "question"),
        ("Vou passar seu caso ao gerente, tá bom?", "transfer"),
        ("Siga os passos:\n1. Abra o app\n2. Toque em Pagar", "answer"),
        ("De 0 a 10, que nota você dá para o atendimento?", "closing_offer"),
        ("De 0 a 10, qual o seu nível de dor?", "question"),
        ("How can I help you?", "greeting"),
        ("Anything else?", "closing_offer"),
        ("", None),
        (" \n", None),
    ],
)
def test_texts_of_ours(reader: Reader, text: str, expected: str | None) -> None:
    assert ours(reader, text)["text_class"] == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Escolha uma opção:\n1 - Planos\n2 - Horários", "menu"),
        ("Digite 1 para planos ou 2 para horários.", "menu"),
        ("Me informe seu nome, por favor", "data"),
        ("Qual é o seu CPF?", "data"),
        ("Qual plano você quer?", "open"),
        ("Prefere manhã ou tarde?", "open"),
        ("Posso agendar para amanhã?", "yes_no"),
        ("O plano custa R$ 99.", None),
    ],
)
def test_kinds_of_questions(reader: Reader, text: str, kind: str | None) -> None:
    assert ours(reader, text)["question_kind"] == kind


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("Só um momento, vou verificar com o gerente.", True),
        ("Vou verificar e te aviso.", True),
        ("Já te retorno!", True),
        ("Me dá só um minutinho", True),
        ("O retorno da consulta é gratuito.", False),
        ("Verifique seu e-mail.", False),
    ],
)
def test_promises_to_come_back(reader: Reader, text: str, promises: bool) -> None:
    assert ours(reader, text)["promises_return"] is promises


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Muito obrigada viu, Bia", "courtesy"),
        ("Obrigada Zuleide", "courtesy"),
        ("Tá bom então", "courtesy"),
        ("valeuuu irmão", "courtesy"),
        ("até amanhã", "courtesy"),
        ("👍🏽", "courtesy"),
        ("😂", "courtesy"),
        ("Obrigada, qual o valor", "request"),
        ("Obrigada, mas não chegou", "request"),
        ("ok só mais uma coisa", "request"),
        ("ok e o valor", "request"),
        ("Obrigada! Aguardo", "request"),
        ("Obrigado?", "request"),
        ("Obrigada 🤔", "request"),
        # Thanks that hold a complaint, a wish or a question.
        ("Meu acesso está bloqueado, obrigada", "request"),
        ("o boleto ainda está errado, valeu", "request"),
        ("Meu filho está com febre, obrigada", "request"),
        ("Voltou o problema, obrigada", "request"),
        ("Consegui entrar, agora não sai", "request"),
        ("Bah, caiu o sistema, valeu", "request"),
        ("Valeu mesmo por nada", "request"),
        ("Adorei a surpresa na fatura", "request"),
        ("O app foi ótimo até ontem, obrigada", "request"),
        ("A dor passou pro outro braço, obrigada", "request"),
        ("A moça já me ligou cobrando, obrigada", "request"),
        ("Minha mensalidade já venceu, obrigada", "request"),
        ("O Theo amou e quer voltar, obrigada", "request"),
        ("Era o plano anual, obrigada", "request"),
        ("Ficou claro que o erro é de vocês", "request"),
        ("Nota dez pra enrolação", "request"),
        ("Desejo, obrigada", "request"),
        ("Não tá ok", "request"),
        ("Obrigada, não era o que eu queria", "request"),
        ("Pode encerrar meu plano", "request"),
        # Their like that want nothing.
        ("era o que eu queria saber", "courtesy"),
        ("A dor passou, gratidão", "courtesy"),
        ("O boleto já apareceu aqui, obrigado", "courtesy"),
        ("obirgada pela ajdua", "courtesy"),
        ("Obrigada!!!! 🙏🙏 !!", "courtesy"),
        ("⭐️⭐️⭐️⭐️⭐️", "courtesy"),
        ("⭐⭐", "request"),
        ("bom dia", "request"),
        ("oi tudo bem", "request"),
        ("sim", "request"),
        ("não", "request"),
        ("...", "request"),
        ("", None),
    ],
)
def test_texts_of_customers(reader: Reader, text: str, expected: str | None) -> None:
    assert customers(reader, text)["text_class"] == expected


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Bom dia", "is_bare_greeting"),
        ("Boa noite", "is_day_greeting"),
        ("não, obrigada", "is_bare_no"),
        ("por enquanto não", "is_bare_no"),
        ("sim", "is_bare_yes"),
        ("pode ser", "is_bare_yes"),
        ("nota 5", "is_rating"),
        ("10", "is_rating"),
        ("⭐⭐⭐⭐", "is_rating"),
        ("⭐️", "is_rating"),
        ("👍", "is_approving"),
        ("quero falar com um atendente", "asks_for_person"),
        ("me passa pra uma pessoa", "asks_for_person"),
    ],
)
def test_what_the_context_decides(reader: Reader, text: str, flag: str) -> None:
    assert customers(reader, text)[flag] is True


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Oi, quanto custa", "is_bare_greeting"),
        ("oi", "is_day_greeting"),
        ("não chegou", "is_bare_no"),
        ("sim, às 15h", "is_bare_yes"),
        ("11 90000-0000", "is_rating"),
        ("😂", "is_approving"),
        ("o atendente foi ótimo", "asks_for_person"),
        ("falei com um atendente ontem", "asks_for_person"),
    ],
)
def test_what_only_looks_so(reader: Reader, text: str, flag: str) -> None:
    assert customers(reader, text)[flag] is False


def test_each_list_is_known_and_has_phrases() -> None:
    found = configuration.read(Path("none"), has_demo_source=False)
    assert set(found.column("phrases", "list")) == configuration.phrase_lists()
