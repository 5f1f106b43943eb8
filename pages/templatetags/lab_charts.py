"""Charts of the lab, drawn as SVG; the same figures always stand in a table beside them."""

from collections.abc import Iterator, Sequence

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
HIGH, MARGIN, FOOT = 220, 24, 24  # pixels
LEFT, WIDE = 3, 94  # percent of the width
DOT = 9  # pixels
LABELS = 13  # weeks that are written
PARTS = (0, 0.5, 1)  # of a scale: where it is written
LEAST_SPAN = 0.02  # of placed and of unevenness


@register.simple_tag
def frontier_chart(points: Sequence[tuple[str, float, float]], title: str) -> SafeString:
    """Name, placed (0 to 1) and unevenness of each: more to the left is more even, higher up is more placed.

    The current policy is drawn last, so that no other hides it.
    """
    across, up = (
        _scale([uneven for _name, _placed, uneven in points], LEAST_SPAN),
        _scale([placed for _name, placed, _of in points], LEAST_SPAN),
    )
    dots = [
        (f"{LEFT + WIDE * across.part(uneven):.2f}", f"{MARGIN + HIGH * (1 - up.part(placed)):.1f}", place)
        for place, (_name, placed, uneven) in enumerate(points)
    ]
    drawn = format_html_join(
        "",
        '<circle cx="{}%" cy="{}" r="{}" class="chart-series-{}"></circle>'
        '<text x="{}%" y="{}" class="chart-number" text-anchor="middle">{}</text>',
        ((x, y, DOT, place % 5, x, f"{float(y) + 4:.1f}", place + 1) for x, y, place in reversed(dots)),
    )
    return _frame(title, up.labels(100, 1), across.feet(), drawn)


@register.simple_tag
def weeks_chart(series: Sequence[Sequence[float]], title: str, digits: int = 0) -> SafeString:
    """A line for each variant, week by week; later ones are drawn first, so that the current policy stays seen."""
    up = _scale([0.0, *(value for row in series for value in row)])
    number = max((len(row) for row in series), default=0)
    every = -(-number // LABELS) or 1
    lines = [line for place in reversed(range(len(series))) for line in _segments(series[place], place, up, number)]
    drawn = format_html_join("", '<line x1="{}%" y1="{}" x2="{}%" y2="{}" class="chart-line-{}"></line>', lines)
    if number == 1:
        dots = [(LEFT, f"{MARGIN + HIGH * (1 - up.part(row[0])):.1f}", place % 5) for place, row in enumerate(series)]
        drawn = format_html_join("", '<circle cx="{}%" cy="{}" r="5" class="chart-series-{}"></circle>', dots)
    feet = [(_across(place, number), str(place + 1)) for place in range(0, number, every)]
    return _frame(title, up.labels(1, digits), feet, drawn)


def _across(place: int, number: int) -> float:
    return LEFT + WIDE * place / max(number - 1, 1)


def _segments(row: Sequence[float], place: int, up: "_Scale", number: int) -> Iterator[tuple[object, ...]]:
    heights = [f"{MARGIN + HIGH * (1 - up.part(value)):.1f}" for value in row]
    for week in range(len(row) - 1):
        begin, end = (f"{_across(at, number):.2f}" for at in (week, week + 1))
        yield begin, heights[week], end, heights[week + 1], place % 5


class _Scale:
    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def part(self, value: float) -> float:
        """From 0 at the low end to 1 at the high one."""
        return (value - self.low) / (self.high - self.low)

    def labels(self, scale: float, digits: int) -> list[tuple[float, str]]:
        """Pixels from above, and words."""
        return [(MARGIN + HIGH * (1 - part), words) for part, words in self._say(scale, digits)]

    def feet(self) -> list[tuple[float, str]]:
        """Percent from the left, and words."""
        return [(LEFT + WIDE * part, words) for part, words in self._say(1, 3)]

    def _say(self, scale: float, digits: int) -> list[tuple[float, str]]:
        """Both ends and the middle, with one more digit where two would look the same."""
        values = [scale * (self.low + part * (self.high - self.low)) for part in PARTS]
        words = [number_format(value, digits) for value in values]
        if len(set(words)) < len(words):
            words = [number_format(value, digits + 1) for value in values]
        return list(zip(PARTS, words, strict=True))


def _scale(values: Sequence[float], least: float = 0.0) -> _Scale:
    """With room at both ends, unless it begins at nothing; as wide as ``least``, so that next to nothing looks so.

    Nothing is below 0. Shares, which have a least width, end at 1 unless chance put one above it.
    """
    low, high = min(values), max(values)
    room = max((high - low) * 0.1, (least - high + low) / 2) or abs(high) * 0.1 or 1.0
    bottom, top = low - room if low else 0.0, high + room
    shift = max(0.0, -bottom)
    if least and high <= 1:
        shift -= max(0.0, top - 1)
    return _Scale(bottom + shift, top + shift)


def _anchor(x: float) -> str:
    """Words at the edges stay inside, however narrow the chart is."""
    return "start" if x <= LEFT else "end" if x >= LEFT + WIDE else "middle"


def _frame(
    title: str, levels: Sequence[tuple[float, str]], feet: Sequence[tuple[float, str]], drawn: SafeString
) -> SafeString:
    grid = format_html_join(
        "",
        '<line x1="0" x2="100%" y1="{}" y2="{}" class="chart-grid"></line>'
        '<text x="0" y="{}" class="chart-label">{}</text>',
        ((f"{y:.1f}", f"{y:.1f}", f"{y - 4:.1f}", words) for y, words in levels),
    )
    below = format_html_join(
        "",
        '<text x="{}%" y="{}" class="chart-label" text-anchor="{}">{}</text>',
        ((f"{x:.2f}", MARGIN + HIGH + FOOT, _anchor(x), words) for x, words in feet),
    )
    words = '<svg class="chart" role="img" aria-labelledby="{}" width="100%" height="{}">{}{}{}</svg>'
    return format_html(words, title, MARGIN + HIGH + FOOT + 8, grid, drawn, below)
