"""Members write Markdown; pages and peers get HTML."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from federation.sanitising import HTML_LIMIT, clean_html

HIGHEST, LOWEST = 2, 4  # the page's own title is h1; clean_html keeps none below h4


def render(markdown: str) -> str:
    """Return Markdown (CommonMark with tables, without inline HTML) as clean HTML.

    Headings are pushed down together so that the highest is `h2`. An image becomes a link to it: a picture loaded from
    another host would tell that host who reads. At most 100,000 characters are read.
    """
    parser = _parser()
    tokens = parser.parse(markdown[:HTML_LIMIT])
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=HIGHEST)
    for token in headings:
        level = int(token.tag[1]) + max(0, HIGHEST - highest)
        token.tag = f"h{min(level, LOWEST)}"
    html: str = parser.renderer.render(tokens, parser.options, {})
    return clean_html(html, limit=4 * HTML_LIMIT)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _link_to_image)
    return parser


def _link_to_image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: dict[str, Any]
) -> str:
    image = Token("link_open", "a", 1, attrs={"href": tokens[index].attrs.get("src", "")})
    label = renderer.renderInlineAsText(tokens[index].children or [], options, env)
    text = Token("text", "", 0, content=label or str(image.attrs["href"]))
    return renderer.render([image, text, Token("link_close", "a", -1)], options, env)
