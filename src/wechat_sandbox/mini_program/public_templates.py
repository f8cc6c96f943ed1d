"""The public template library, read from `public_templates.toml`."""

import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword of a public template; `field` is its name in a message."""

    kid: int
    name: str
    example: str
    rule: str
    values: tuple[str, ...]

    @property
    def field(self) -> str:
        """The keyword's name in `data`: its rule and its kid."""
        return f"{self.rule}{self.kid}"


@dataclass(frozen=True, slots=True)
class PublicTemplate:
    """One title of the library with all its keywords."""

    tid: int
    title: str
    category: int
    keywords: tuple[Keyword, ...]

    def keyword(self, kid: int) -> Keyword | None:
        """The keyword of this number, or None."""
        return next((keyword for keyword in self.keywords if keyword.kid == kid), None)


@dataclass(frozen=True, slots=True)
class Library:
    """Categories by id and templates by tid, in the file's order."""

    categories: Mapping[int, str]
    templates: Mapping[int, PublicTemplate]


@lru_cache(maxsize=1)
def library() -> Library:
    """The library that comes with the sandbox."""
    text = importlib.resources.files("wechat_sandbox.mini_program").joinpath("public_templates.toml").read_text("utf-8")
    read = tomllib.loads(text)
    templates = [
        PublicTemplate(
            tid=row["tid"],
            title=row["title"],
            category=row["category"],
            keywords=tuple(
                Keyword(
                    kid=word["kid"],
                    name=word["name"],
                    example=word["example"],
                    rule=word["rule"],
                    values=tuple(word.get("values", ())),
                )
                for word in row["keywords"]
            ),
        )
        for row in read["template"]
    ]
    return Library(
        categories={row["id"]: row["name"] for row in read["category"]},
        templates={template.tid: template for template in templates},
    )
