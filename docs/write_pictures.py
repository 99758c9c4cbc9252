"""Write docs/pictures from the demo, as a browser shows it.

    make run && .venv/bin/python -m docs.write_pictures

It needs a Chromium. People of the demo are invented, and contacts are masked.
"""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from benchmarks.browser import chromium, new_reader, serve, wait_until_drawn
from dashboards.app import PAGES

FOLDER = Path(__file__).parent / "pictures"
WIDTH, HEIGHT = 1366, 1000
PHONE_WIDTH, PHONE_HEIGHT = 390, 844
WIDEST = 1000
COLOURS = 160
DARK = ("visao-executiva", "operacao")
ON_PHONE = ("visao-executiva", "conversas")


def main() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    names = [address for _, address, _ in PAGES]
    # The first page is that of no address.
    addresses = dict(zip(names, ["", *names[1:]], strict=True))
    with serve() as (server, _), chromium() as browser:
        for name, address in addresses.items():
            url = f"{server}/{address}"
            take(browser, url, name)
            if name in DARK:
                take(browser, url, f"{name}-escuro", is_dark=True)
            if name in ON_PHONE:
                take(browser, url, f"{name}-celular", PHONE_WIDTH, PHONE_HEIGHT)
        take(browser, f"{server}/conversas?id=4", "conversa")


def take(
    browser: Browser,
    url: str,
    name: str,
    width: int = WIDTH,
    height: int = HEIGHT,
    is_dark: bool = False,
) -> None:
    """Take a picture of a page, small in width and in colours."""
    with new_reader(browser, width, height, is_dark) as reader:
        page = reader.new_page()
        page.goto(url)
        wait_until_drawn(page)
        image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if width > WIDEST:
        image.thumbnail((WIDEST, height))
    # The default takes the few red pixels of a page for grey ones.
    kept = Image.Quantize.MAXCOVERAGE
    image.quantize(COLOURS, kept, dither=Image.Dither.NONE).save(
        FOLDER / f"{name}.png", optimize=True
    )


if __name__ == "__main__":
    main()
