"""The pictures in docs/, taken of the real window: python -m tests.window.screenshots ADDRESS

ADDRESS is that of a window on the sample articles, such as http://127.0.0.1:7860/.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chromium import chromium

DOCS = Path(__file__).parents[2] / "docs"
QUESTION = "Where was Mohsen Fakhrizadeh ambushed?"
WORDS = 'rockets "Camp Taji"'
REFUSED = "How do I bake sourdough bread?"
WIDE, PHONE = (1280, 800), (390, 844)
PICTURES = (
    ("window", WIDE, "light", ("ask",)),
    ("article", WIDE, "light", ("ask", "open")),
    ("articles", WIDE, "light", ("ask", "find")),
    ("refusal", WIDE, "light", ("ask", "refuse")),
    ("dark", WIDE, "dark", ("ask", "open")),
    ("phone", PHONE, "light", ("ask",)),
    ("phone-dark", PHONE, "dark", ("ask", "open")),
)


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, (width, height), scheme, steps in PICTURES:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            page = context.new_page()
            page.goto(address)
            page.wait_for_selector(".status.ready")
            for step in steps:
                if step == "open":
                    page.click("#chat .said a.cite >> nth=0")
                    page.wait_for_selector("#reader mark")
                elif step == "find":
                    page.get_by_role("tab", name="Articles").click()
                    page.get_by_role("textbox", name="Find").fill(WORDS)
                    page.get_by_role("textbox", name="Find").press("Enter")
                    page.wait_for_selector("#articles .hits")
                else:
                    page.fill("#ask textarea", QUESTION if step == "ask" else REFUSED)
                    page.press("#ask textarea", "Enter")
                    page.wait_for_selector("#chat .answer" if step == "ask" else "#chat .refusal")
            page.locator("#ask textarea").blur()
            page.mouse.move(0, 0)
            page.wait_for_timeout(500)
            page.screenshot(path=DOCS / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
