"""The words of labels: shipped in many languages, and a yearbook's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.errors import AmyqaError, BadInput
from amyqa.reading import labels, vocabulary
from amyqa.reading.labels import holds, is_all, is_total
from amyqa.reading.ownwords import use_words_of
from amyqa.reading.records import month_number
from amyqa.starting.words import is_note, is_title, sex_of

FILE = Path(vocabulary.__file__).with_name("words.json")


@pytest.fixture(autouse=True)
def _shipped_alone() -> Iterator[None]:
    yield
    vocabulary.use({})


@pytest.mark.parametrize(
    ("total", "male", "female", "share", "rest", "note"),
    [
        ("Ensemble", "Hommes", "Femmes", "Taux de réussite", "Autres", "Source : INS"),
        ("Total general", "Varones", "Mujeres", "Tasa bruta", "Otros cultivos", "Fuente: INE"),
        ("Total geral", "Homens", "Mulheres", "Taxa de juro", "Outros", "Fonte: INE"),
        ("Insgesamt", "Männlich", "Weiblich", "Anteil", "Sonstige", "Anmerkung: vorläufig"),
        ("Всего", "Мужчины", "Женщины", "Удельный вес", "Прочие", "Источник: служба"),
        ("Jumlah", "Laki-laki", "Perempuan", "Persentase", "Lainnya", "Sumber: BPS"),
        ("Tổng số", "Nam", "Nữ", "Tỷ lệ sinh", "Khác", "Nguồn: GSO"),
        ("សរុប", "ប្រុស", "ស្រី", "ភាគរយ", "ផ្សេងៗ", "ប្រភព: NIS"),
        ("รวม", "ชาย", "หญิง", "อัตราการเกิด", "อื่นๆ", "ที่มา: NSO"),
        ("المجموع", "ذكور", "إناث", "نسبة الأمية", "أخرى", "المصدر: الجهاز"),
        ("कुल", "पुरुष", "महिला", "जन्म दर", "अन्य", "स्रोत: भारत"),
        ("総数", "男", "女", "増加率", "その他", "資料：総務省"),
        ("合计", "男", "女", "增长率", "其他", "注：初步数"),
        ("합계", "남자", "여자", "구성비", "기타", "자료: 통계청"),
        ("Toplam", "Erkek", "Kadın", "Artış oranı", "Other", "Kaynak: TÜİK"),
    ],
)
def test_labels_are_understood_in_the_languages_of_yearbooks(total, male, female, share, rest, note):
    assert is_total(total)
    assert is_all(total)
    assert (sex_of(male)[0], sex_of(female)[0]) == ("male", "female")
    assert holds(share, labels.SHARE)
    assert holds(rest, "rest")
    assert is_note(note)
    assert not any(map(is_total, (male, female, share, rest)))


@pytest.mark.parametrize(
    ("name", "number"),
    [("février", 2), ("Mai", 5), ("Oktober", 10), ("январь", 1), ("12月", 12), ("三月", 3), ("Desember", 12),
     ("มกราคม", 1), ("Tháng 10", 10), ("Sep.", 9), ("Marsh", None), ("Mailand", None)],
)  # fmt: skip
def test_months_have_names_in_these_languages(name, number):
    assert month_number(name) == number


@pytest.mark.parametrize("label", ["Viet Nam", "Nam Định", "काल", "Suma asegurada", "Media", "Jumlah desa"])
def test_a_word_that_only_looks_alike_says_nothing(label):
    assert sex_of(label)[0] is None
    assert not is_total(label)
    assert not holds(label, labels.SHARE)


def test_titles_begin_with_the_word_for_a_table():
    assert is_title("Tableau 3. Population", numbered=True)
    assert is_title("表3 人口", numbered=True)
    assert not is_title("Tables", numbered=True)
    assert not is_title("表面積")


def test_the_file_holds_words_each_once_in_a_language():
    content = json.loads(FILE.read_text("utf-8"))
    for kind, languages in content.items():
        for language, words in languages.items():
            assert words, (kind, language)
            assert len(set(words)) == len(words), (kind, language)
            assert all(word == word.strip().lower() for word in words), (kind, language)


def test_a_yearbooks_own_words_add_to_those_that_are_shipped(tmp_path: Path):
    (tmp_path / "words.yaml").write_text("total: [Kabuoan, =KB]\nmale: [Lalaki]\n", "utf-8")
    assert not is_total("Kabuoan")
    use_words_of(tmp_path)
    assert is_total("kabuoan")
    assert is_total("KB")
    assert is_total("Total")
    assert sex_of("Lalaki (2020)") == ("male", "(2020)")
    (tmp_path / "words.yaml").unlink()
    use_words_of(tmp_path)
    assert not is_total("Kabuoan")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("total: [Kabuoan]\ntotl: [x]\n", 2, "there is no kind of words 'totl'"),
        ("total: Kabuoan\n", 1, "is no list of words"),
        ("total:\n  - Kabuoan\n  - '--'\n", 3, "is no word"),
        ("total:\n  - [a]\n", 2, "is no word"),
        ("- total\n", 1, "is no mapping"),
        ("total: [a\n", 2, "is not YAML"),
    ],
)
def test_mistakes_in_own_words_are_told_with_their_line(tmp_path: Path, text, line, message):
    (tmp_path / "words.yaml").write_text(text, "utf-8")
    with pytest.raises(BadInput) as caught:
        use_words_of(tmp_path)
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == ("words.yaml", line)
    assert message in problem.message


def test_a_check_reads_the_words_of_its_yearbook(tmp_path: Path):
    folder = tmp_path / "data" / "2020" / "x"
    folder.mkdir(parents=True)
    (tmp_path / "schemas").mkdir()
    (folder / "t.csv").write_text("Bayan,A,B\nx,1,2\ny,3,4\nKabuoan,9,9\n", "utf-8")
    (folder / "t.yaml").write_text(
        "title: T\nfamily: general\nrows: {dimension: town}\ncolumns: {A: {}, B: {}}\n", "utf-8"
    )

    def totals() -> list[str]:
        report = pipeline.check([tmp_path], "duckdb")
        return [total.label for each in report.unchecked.values() for total in each.totals]

    assert totals() == []
    (tmp_path / "words.yaml").write_text("total: [Kabuoan]\n", "utf-8")
    assert totals() == ["Kabuoan"]
    (tmp_path / "words.yaml").write_text("total: Kabuoan\n", "utf-8")
    with pytest.raises(AmyqaError, match="is no list of words"):
        totals()
