"""Take each word list away, one at a time, and see that some text is then misread.

    python -m tests.language.without

A list that nothing needs is one that nobody would miss when it breaks. Each list is
judged by the labelled texts, and by the examples of `tests/test_language.py` for what
they do not label. Ends with exit code 1 if a list is not missed.
"""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg2

from ground.configuration import phrase_lists
from ground.embedded import Cluster

sys.path.insert(0, str(Path(__file__).parents[1]))
from language.texts import FILES, Reader, Text, read

# What the labels do not tell: for each list a text that is read otherwise without it.
EXAMPLES = {
    "asked_datum": Text("x1", "ours", "Qual é o seu CPF?", ""),
    "promise_to_return": Text("x2", "ours", "Vou verificar e te aviso.", ""),
    "person_request": Text("x3", "customer", "quero falar com um atendente", ""),
    "person_alone": Text("x4", "customer", "Atendente", ""),
    "no_person_request": Text("x5", "customer", "não quero falar com atendente", ""),
    "no": Text("x6", "customer", "não", ""),
    "yes": Text("x7", "customer", "sim", ""),
    "politeness": Text("x8", "customer", "sim por favor", ""),
    "day_greeting": Text("x9", "customer", "boa noite", ""),
    "question_word": Text("x10", "ours", "Qual plano você quer?", ""),
    "approving_sign": Text("x11", "customer", "👍", ""),
    "edited": Text("x12", "ours", "Mensagem editada: Bom dia!", ""),
    "no_transfer": Text("x14", "ours", "Quando chegar, a recepção te chama.", ""),
    "not_name": Text("x15", "ours", "Oi, segue boleto", ""),
    "recipient_place": Text("x16", "ours", "Vou te passar para o atendimento.", ""),
    "handed_over": Text("x17", "ours", "Passei tudo para a Bruna.", ""),
    "wanted": Text("x18", "customer", "A aula foi ótima queria trocar", ""),
    "answer_verb": Text("x19", "ours", "Sou a Bia e já resolvi seu caso", ""),
    "answer_word": Text("x20", "ours", "Oi, natação", ""),
    "wish_word": Text("x21", "ours", "Um ótimo treino para você e sua família!", ""),
    "handed_to": Text("x22", "ours", "Transferido para: Comercial", ""),
    "promise_alone": Text("x27", "ours", "Vou verificar", ""),
    "negated_after": Text("x26", "customer", "Deu certo não, obrigada", ""),
    "speaking": Text("x23", "ours", "Alô, Padaria da Vila falando!", ""),
    "spelling": Text("x24", "ours", "Tô te passando pra equipe.", ""),
    "title": Text("x25", "ours", "Passei tudo para a dona Neusa.", ""),
    "doubting_sign": Text("x13", "customer", "obrigada 🤔", ""),
}
TEXTS = [*(text for file in FILES for text in read(file)), *EXAMPLES.values()]


def main() -> None:
    """Print for each list how many texts are read otherwise without it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster("without", Path(folder), options={"fsync": "off"})
        cluster.start()
        try:
            with closing(psycopg2.connect(**cluster.connection())) as connection:
                connection.autocommit = True
                not_missed = _not_missed(connection)
        finally:
            cluster.remove()
    if not_missed:
        sys.exit(f"nothing needs {', '.join(not_missed)}")


def _not_missed(connection: psycopg2.extensions.connection) -> list[str]:
    ids = [text._replace(id=str(number)) for number, text in enumerate(TEXTS)]
    whole = Reader(connection).read(ids)
    not_missed = []
    for name in sorted(phrase_lists()):
        found = Reader(connection, without=[name]).read(ids)
        changed = [text for text in ids if found[text.id] != whole[text.id]]
        print(f"{name}: {len(changed)}", *(repr(text.text) for text in changed[:1]))
        if not changed:
            not_missed.append(name)
    return not_missed


if __name__ == "__main__":
    main()
