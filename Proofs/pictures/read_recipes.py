"""Reads results of `lorweb edit` with Pillow: the recipe inside, and whether it names the file's pixels.

    python read_recipes.py out.png out.jpg out.webp
"""
import hashlib
import json
import re
import sys
from html import unescape

from PIL import Image

for name in sys.argv[1:]:
    picture = Image.open(name)
    picture.load()
    text = picture.info.get("lorweb")
    if text is None:
        packet = picture.info["xmp"].decode()
        text = unescape(re.search(r"<text:lorweb>(.*?)</text:lorweb>", packet, re.S).group(1))
    recipe = json.loads(text)
    digest = hashlib.sha256(picture.tobytes()).hexdigest()
    assert recipe["picture"] == {"of": "pixels", "sha256": digest, "bytes": len(picture.tobytes())}, name
    print(f"{name}: {picture.format}, {picture.size}, seed {recipe['seed']}, pixels {digest[:12]} as the recipe says")
