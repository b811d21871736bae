"""Whatever a person types is kept as typed and can be read again."""

from __future__ import annotations

import pytest

from tests.support.visitor import Visitor

# "What does it feel like?" and the like, Afrikaans to Yoruba.
LANGUAGES = """
    Hoe voel dit? | Si ndihet? | ምን ይሰማል? |
    كيف يكون الشعور؟ | Ինչպե՞ս է զգացվում | Necə hiss olunur? |
    Nolakoa da? | কেমন লাগে? | Какво е усещането? |
    ဘယ်လိုခံစားရလဲ | Com se sent? | 感觉如何？ |
    Kakav je osjećaj? | Jaký je to pocit? | Hvordan føles det? |
    Hoe voelt het? | Mis tunne see on? | Miltä se tuntuu? |
    Qu'est-ce qu'on ressent ? | რას გრძნობ? | Wie fühlt es sich an? |
    Πώς είναι; | કેવું લાગે છે? | Yaya ake ji? |
    איך זה מרגיש? | कैसा लगता है? | Milyen érzés? |
    Hvernig er tilfinningin? | Kedu ka ọ dị? | Bagaimana rasanya? |
    Conas a mhothaíonn sé? | Che sensazione si prova? | どんな感じですか？ |
    ಹೇಗೆ ಅನಿಸುತ್ತದೆ? | តើវាមានអារម្មណ៍យ៉ាងណា? | 어떤 느낌인가요? |
    ຮູ້ສຶກແນວໃດ? | Kāda ir sajūta? | Koks jausmas? |
    എങ്ങനെ തോന്നുന്നു? | कस्तो लाग्छ? | چه حسی دارد؟ |
    Jakie to uczucie? | Como é a sensação? | ਕਿਵੇਂ ਲੱਗਦਾ ਹੈ? |
    Какие ощущения? | எப்படி இருக்கும்? | รู้สึกอย่างไร? |
    کیسا لگتا ہے؟ | Sut mae'n teimlo? | Báwo ló ṣe rí?
"""


def test_it_keeps_fifty_languages_as_typed(visitor: Visitor) -> None:
    texts = [text.strip() for text in LANGUAGES.split("|")]
    assert len(texts) >= 50
    for start in range(0, len(texts), 25):
        one = Visitor(visitor.http)  # a new conversation, so that the flood limit has nothing to say
        for text in texts[start : start + 25]:
            assert one.send(text).json()["text"] == text
        kept = [message["text"] for message in one.thread()["messages"] if message["author"] == "visitor"]
        assert kept == texts[start : start + 25]


@pytest.mark.parametrize(
    "text",
    [
        "🙂🙂🙂",
        "👩‍👩‍👧‍👦",
        "12345",
        "https://example.com/?a=b&c=d#e",
        "...",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "'; DROP TABLE messages; --",
        "{{ 7 * 7 }} ${7*7} %s %n",
        "x" * 2000,
        "🫂" * 2000,
        "two\nlines\tand a tab",
    ],
)
def test_it_takes_any_visible_text_and_answers_it(visitor: Visitor, text: str) -> None:
    sent = visitor.send(text)
    assert sent.status_code == 202
    assert sent.json()["text"] == text
    reply = visitor.wait_for(lambda message: message["author"] == "assistant", after=sent.json()["seq"])
    assert reply["text"]


def test_it_takes_out_control_characters_and_bidi_overrides(visitor: Visitor) -> None:
    sent = visitor.send("a\x00b\x1bc\u202eabc\u2066d\r\ne")
    assert sent.json()["text"] == "abcabcd\ne"
