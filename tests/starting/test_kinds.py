"""Tables as offices print them, in several languages and layouts: right ones pass, wrong ones are red."""

from __future__ import annotations

import pytest

from amyqa import pipeline
from amyqa.model import Report
from tests.starting.conftest import Make

RIGHT = {
    "totals above and beside, in Japanese": (
        "都道府県,総数,男,女\n全国,36250,17431,18819\n北海道,9651,4676,4975\n青森,11287,5988,5299\n岩手,7169,1976,5193\n"
        "宮城,8143,4791,3352\n注：概数\n資料：統計局\n"
    ),
    "subtotals in blocks, in Chinese": (
        "地区,2019年,2020年\n海淀,410,523\n朝阳,377,298\n小计,787,821\n浦东,644,701\n徐汇,215,260\n"
        "静安,186,171\n小计,1045,1132\n"
        "总计,1832,1953\n"
    ),
    "two lines of header and words of sexes, in Indonesian": (
        "Tahun,Tani,,,Jasa,,\n,Laki-laki,Perempuan,Jumlah,Laki-laki,Perempuan,Jumlah\n"
        "2017,310,204,514,120,331,451\n"
        "2018,298,215,513,131,340,471\n2019,305,198,503,144,352,496\n2020,281,207,488,139,365,504\n"
        "Jumlah,1194,824,2018,534,1388,1922\n"
    ),
    "decimal commas, in Russian": (
        "Город;Всего;Мужчины;Женщины\nВсего;2403,5;1195,1;1208,4\nТула;801,5;398,2;403,3\n"
        "Орёл;702,4;351,6;350,8\n"
        "Курск;899,6;445,3;454,3\n"
    ),
    "a density and its parts": (
        "Island,Inhabitants,Area km2,Inhabitants per km2\nKea,12040,310,38.8\n"
        "Lom,9311,274,34.0\nMir,20117,803,25.1\n"
        "Nor,4410,52,84.8\nTotal,45878,1439,31.9\n"
    ),
    "of which": (
        "Cereal,2019,2020\nWheat,910,874\nof which winter,600,566\nof which spring,310,308\nBarley,402,377\n"
        "Oats,215,230\nAll cereals,1527,1481\n"
    ),
    "births and deaths, in French": (
        "Année,Naissances,Décès,Accroissement naturel\n2015,8321,4410,3911\n"
        "2016,8190,4502,3688\n2017,8044,4387,3657\n"
        "2018,7920,4611,3309\n2019,7861,4590,3271\n2020,7503,5102,2401\n"
    ),
}
WRONG = {
    "a subtotal": (
        "Región,2019,2020,2021\nLima,4310,4043,3990\nCusco,1187,1068,1102\n"
        "Puno,1240,1113,1175\nSubtotal sierra,6737,6227,6267\n"
        "Loreto,5120,5204,5330\nUcayali,3318,3362,3401\nSubtotal selva,8438,8566,8731\n"
        "Total general,15175,14790,14998\n",
        {"Subtotal sierra is printed 6227; Lima 4043 + Cusco 1068 + Puno 1113 = 6,224"},
    ),
    "a total above, with blanks for thousands": (
        "Département;Hommes;Femmes\nEnsemble;14 310;20 859\nAin;2 571;2 604\n"
        "Drôme;4 130;6 091\nGard;3 617;4 870\n"
        "Isère;3 992;7 204\n",
        {"Ensemble is printed 20 859; Ain 2 604 + Drôme 6 091 + Gard 4 870 + Isère 7 204 = 20,769"},
    ),
    "totals of two keys, one row a number": (
        "District,Sex,Value\nKan,Male,120\nKan,Female,140\nKan,Total,260\nLor,Male,90\n"
        "Lor,Female,95\nLor,Total,185\n"
        "Mel,Male,50\nMel,Female,60\nMel,Total,110\nAll,Male,260\nAll,Female,285\nAll,Total,545\n",
        {"All | Female is printed 285; Kan | Female 140 + Lor | Female 95 + Mel | Female 60 = 295"},
    ),
    "all of a total row, by little": (
        "By,Biler,Busser,Tog\nOslo,5120,6310,7215\nBergen,4870,6002,6110\n"
        "Moss,3011,2987,4102\nHamar,6114,5870,6325\n"
        "Totalt,19059,21149,23691\n",
        {
            "Totalt is printed 19059; Oslo 5120 + Bergen 4870 + Moss 3011 + Hamar 6114 = 19,115",
            "Totalt is printed 21149; Oslo 6310 + Bergen 6002 + Moss 2987 + Hamar 5870 = 21,169",
            "Totalt is printed 23691; Oslo 7215 + Bergen 6110 + Moss 4102 + Hamar 6325 = 23,752",
        },
    ),
}


def checked(make: Make, csv: str) -> Report:
    return pipeline.check([make(csv).csv], "duckdb")


@pytest.mark.parametrize("csv", RIGHT.values(), ids=RIGHT)
def test_a_right_table_passes_and_its_sums_are_checked(make: Make, csv: str) -> None:
    report = checked(make, csv)
    assert not report.findings
    assert report.total.evaluated
    assert not report.unchecked or not any(each.totals for each in report.unchecked.values())


@pytest.mark.parametrize(("csv", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_number_is_found_in_every_layout(make: Make, csv: str, told: set[str]) -> None:
    messages = [finding.message for finding in checked(make, csv).findings]
    for each in told:
        assert any(each in message for message in messages), messages
