"""Extracting the visible text of a page that Chromium has rendered."""

from pydantic import BaseModel, Field

MAX_HTML = 500_000
"""Characters of HTML; a page of text is far below, and working out more would take too long."""

MAX_TITLE, MAX_TEXT = 300, MAX_HTML // 5

SNAPSHOT = """
(limit) => {
  const elements = document.body ? document.body.querySelectorAll('*') : [];
  if (elements.length > 8000) {
    const surplus = document.createRange();
    surplus.setStartBefore(elements[8000]);
    surplus.setEndAfter(document.body.lastChild);
    surplus.deleteContents();
  }
  const hidden = [];
  const kept = document.body ? document.body.querySelectorAll('*') : [];
  for (const element of kept) {
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) { hidden.push(element); continue; }
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (parseFloat(style.fontSize) < 4 || box.right + scrollX < 0 || box.bottom + scrollY < 0) hidden.push(element);
  }
  for (const element of hidden) element.remove();
  for (const element of kept) {
    if (element.attributes.length > 20) {
      while (element.attributes.length) element.removeAttribute(element.attributes[0].name);
    }
  }
  return {
    title: String(document.title).slice(0, 300),
    html: String(document.documentElement ? document.documentElement.outerHTML : '').slice(0, limit),
    text: String(document.body ? document.body.innerText : '').slice(0, limit / 5),
  };
}
"""
"""Removes what a reader does not see (instructions to machines hide there) and surplus elements; returns the rest."""


class Snapshot(BaseModel):
    """What `SNAPSHOT` returns; the lengths are checked here too, and not left to what runs beside the page."""

    title: str = Field(max_length=MAX_TITLE)
    html: str = Field(max_length=MAX_HTML)
    text: str = Field(max_length=MAX_TEXT)


def readable_text(snapshot: Snapshot) -> str:
    """The page's main text by trafilatura, or all of its visible text where that finds little."""
    import trafilatura  # noqa: PLC0415 - 16 MiB that only the extractor's process needs

    main = trafilatura.extract(snapshot.html, include_comments=False, include_tables=True, favor_recall=True) or ""
    return main if len(main) >= min(200, len(snapshot.text) // 2) else snapshot.text
