"""Charts of the lab: what is next to nothing looks so."""

import re

from pages.templatetags.lab_charts import HIGH, MARGIN, frontier_chart, weeks_chart


def heights(svg: str) -> list[float]:
    return [float(y) for y in re.findall(r'<circle cx="[^"]+" cy="([^"]+)"', svg)]


def test_policies_that_hardly_differ_stand_close_together() -> None:
    svg = frontier_chart([("Current", 0.70701, 0.1981), ("Other", 0.70699, 0.1979)], "title")
    first, second = heights(svg)
    assert abs(first - second) < 1
    labels = re.findall(r'class="chart-label"[^>]*>([^<]+)<', svg)
    assert len(set(labels)) == 6, "every label tells something else"


def test_no_label_is_a_share_that_cannot_be() -> None:
    svg = frontier_chart([("Current", 1.0, 0.004), ("Other", 0.999, 0.006)], "title")
    labels = [float(label) for label in re.findall(r'class="chart-label"[^>]*>([^<]+)<', svg)]
    assert min(labels) >= 0
    assert max(labels) <= 100


def test_policy_that_chance_put_above_the_bound_is_seen() -> None:
    """The bound is one of the mean: a few repetitions may place more."""
    svg = frontier_chart([("Current", 1.013, 0.15), ("Other", 1.009, 0.16)], "title")
    assert all(MARGIN <= height <= MARGIN + HIGH for height in heights(svg))


def test_labels_at_the_edges_stay_inside_and_differ() -> None:
    svg = weeks_chart([[0.0, 0.0, 0.0]], "title")
    assert re.findall(r'text-anchor="(\w+)">(\d)<', svg) == [("start", "1"), ("middle", "2"), ("end", "3")]
    levels = re.findall(r'class="chart-label">([^<]+)<', svg)
    assert len(set(levels)) == 3


def test_policies_that_differ_fill_the_chart() -> None:
    svg = frontier_chart([("Current", 0.9, 0.3), ("Other", 0.7, 0.2)], "title")
    assert abs(heights(svg)[0] - heights(svg)[1]) > 150


def test_single_week_is_a_dot_for_each_policy() -> None:
    assert len(heights(weeks_chart([[3.0], [5.0]], "title"))) == 2
