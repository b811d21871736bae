"""The topic model learns real examples, knows what it has not learned, and survives being stored."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from content.encoder import Vectors, shared_encoder
from nlu import storage
from nlu.topic_model import JUDGED, TopicModel, TrainingShape, cross_validate, data_hash, learn, train, words_of
from nlu.trained import LAST_MODEL, remembering_last, topic_model
from tests.nlu.small_model import TOPICS, small_model


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return small_model()


def best(model: TopicModel, text: str) -> str:
    found = model.predict([text], shared_encoder())[0]
    return model.topics[int(found.shares.argmax())]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("what do you charge for one session", "operational/cost"),
        ("can my husband sit with me", "operational/companion"),
        ("I take sertraline every day, is that a problem?", "clinical/medication"),
        ("I'm 12 weeks pregnant, may I have it?", "clinical/pregnancy"),
        ("thanks so much", "smalltalk/thanks"),
    ],
)
def test_it_understands_new_wordings(model: TopicModel, text: str, topic: str) -> None:
    assert best(model, text) == topic


def test_probabilities_add_up_to_one(model: TopicModel) -> None:
    for found in model.predict(["how much is it", "zzz", ""], shared_encoder()):
        assert found.shares.sum() == pytest.approx(1.0)
        assert 0.0 <= found.known <= 1.0


def test_a_known_question_is_more_familiar_than_a_foreign_one(model: TopicModel) -> None:
    known, foreign = model.predict(["How much does a session cost?", "my printer is out of toner"], shared_encoder())
    assert known.familiar > foreign.familiar
    assert known.known > foreign.known


def test_it_names_the_nearest_examples_best_first(model: TopicModel) -> None:
    nearest = model.predict([model.texts[0]], shared_encoder())[0].nearest
    assert nearest[0].text == model.texts[0]
    assert nearest[0].similarity == pytest.approx(1.0, abs=1e-3)
    assert [one.similarity for one in nearest] == sorted((one.similarity for one in nearest), reverse=True)


def test_a_stored_model_gives_the_same_answers(model: TopicModel, tmp_path: Path) -> None:
    storage.save(model, tmp_path)
    again = storage.load(tmp_path)
    texts = ["how much", "bin ich richtig hier", "i take lithium", ""]
    for before, after in zip(
        model.predict(texts, shared_encoder()), again.predict(texts, shared_encoder()), strict=True
    ):
        np.testing.assert_allclose(before.shares, after.shares, rtol=1e-4, atol=1e-6)
        assert before.nearest == after.nearest
    assert again.data_hash == model.data_hash


@pytest.mark.parametrize(("enough", "share"), [(JUDGED, 1.0), (150, 0.6)])
def test_what_was_left_out_is_judged_alike_after_storing(
    model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enough: int, share: float
) -> None:
    monkeypatch.setattr("nlu.topic_model.JUDGED", enough)
    names = [model.topics[label] for label in model.labels]
    again, judged = learn(model.texts, names, shared_encoder(), TrainingShape())
    storage.save_left_out(judged, tmp_path)
    kept = storage.load_left_out(tmp_path)
    shares = cross_validate(again, kept)
    np.testing.assert_array_equal(shares, cross_validate(again, judged))
    right = shares[kept.rows].argmax(axis=1) == again.labels[kept.rows]
    assert len(np.unique(kept.rows)) == len(kept.rows) == pytest.approx(share * len(names), abs=len(again.topics))
    assert 0.5 < right.mean() < 1.0, "left-out examples look too good to have been left out, or unread"
    assert not np.delete(shares, kept.rows, axis=0).any()


def test_a_model_without_what_was_left_out_cannot_be_cross_validated(tmp_path: Path) -> None:
    with pytest.raises(storage.ModelError, match="Train again"):
        storage.load_left_out(tmp_path)


def test_a_model_of_another_encoder_is_refused(model: TopicModel, tmp_path: Path) -> None:
    storage.save(model, tmp_path)
    path = tmp_path / storage.REST
    path.write_text(json.dumps({**json.loads(path.read_text()), "encoder": ["0" * 64]}))
    with pytest.raises(storage.ModelError, match="another sentence encoder"):
        storage.load(tmp_path)


def test_a_model_of_an_older_version_is_read_or_refused_by_name(model: TopicModel, tmp_path: Path) -> None:
    storage.save(model, tmp_path)
    path = tmp_path / storage.REST
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "knowledge": {**kept["knowledge"], "threshold": 0.3}}))
    assert storage.load(tmp_path).knowledge == model.knowledge
    path.write_text(json.dumps({**kept, "knowledge": {"slope": 1.0}}))
    with pytest.raises(storage.ModelError, match=r"another version \('bias' is missing\)"):
        storage.load(tmp_path)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(storage.ModelError, match="Train again"):
        storage.load(tmp_path)


def test_its_examples_need_not_be_encoded_again(
    model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.save(model, tmp_path)
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        for name in (storage.ARRAYS, storage.REST):
            archive.add(tmp_path / name, f"components/train_nlu.classifier.TopicClassifier1/{name}")
    texts = [*model.texts[:20], "which room is it in"]
    monkeypatch.setenv(LAST_MODEL, str(tmp_path / "model.tar.gz"))
    encoder = remembering_last(Only(texts[-1]))
    np.testing.assert_allclose(encoder.encode(texts), shared_encoder().encode(texts), atol=1e-6)


class Only:
    """Encodes one text and refuses others."""

    def __init__(self, text: str) -> None:
        self.text = text

    def encode(self, texts: Sequence[str]) -> Vectors:
        assert list(texts) == [self.text]
        return shared_encoder().encode(texts)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.tar.gz").write_bytes(b"no archive")
    with pytest.raises(storage.ModelError, match="cannot be read"):
        topic_model(tmp_path / "model.tar.gz")


def test_without_a_last_model_that_can_be_used_all_is_encoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Only("nothing")
    assert remembering_last(encoder) is encoder
    (tmp_path / "model.tar.gz").write_bytes(b"no archive")
    monkeypatch.setenv(LAST_MODEL, str(tmp_path / "model.tar.gz"))
    assert remembering_last(encoder) is encoder


def test_the_data_hash_follows_the_examples_not_their_order() -> None:
    assert data_hash(["a", "b"], ["x", "y"]) == data_hash(["b", "a"], ["y", "x"])
    assert data_hash(["a", "b"], ["x", "y"]) != data_hash(["a", "b"], ["y", "x"])


def test_one_topic_is_too_few() -> None:
    with pytest.raises(ValueError, match="At least two topics"):
        train(["a", "b"], ["x", "x"], shared_encoder(), TrainingShape())


def test_one_example_a_topic_is_too_few() -> None:
    with pytest.raises(ValueError, match="two topics with 5 examples"):
        train(["a", "b", "c"], ["x", "y", "z"], shared_encoder(), TrainingShape())


def test_five_examples_a_topic_are_enough() -> None:
    prices, places = [f"how much is {number} hours" for number in range(5)], [f"is it on floor {n}" for n in range(5)]
    model = train([*prices, *places], [*["cost"] * 5, *["place"] * 5], shared_encoder(), TrainingShape())
    found = model.predict(["how much is 7 hours"], shared_encoder())[0]
    assert model.topics[int(found.shares.argmax())] == "cost"
    assert np.isfinite(found.known)


def test_training_twice_gives_the_same_model(model: TopicModel) -> None:
    names = [model.topics[label] for label in model.labels]
    shape = TrainingShape()
    one, two = (train(model.texts[:200], names[:200], shared_encoder(), shape) for _ in range(2))
    np.testing.assert_array_equal(one.kernel.weights, two.kernel.weights)
    assert one.knowledge == two.knowledge


def test_names_become_words() -> None:
    assert words_of("operational/age_limits") == "age limits"
    assert words_of("100_NIGHT_TRIAL_OFFER") == "100 night trial offer"


def test_the_small_model_has_every_topic(model: TopicModel) -> None:
    assert set(model.topics) == set(TOPICS)
