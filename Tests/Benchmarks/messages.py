"""What the backend of the proxy benchmark answers and what the generator sends, valid by specs/products.yaml."""

import json

PRODUCT = {
    "id": 1, "sku": "KIT-0001", "name": "Stoneware mug", "description": "", "category": "kitchen", "price": 14.5,
    "currency": "EUR", "stock": 120, "weightGrams": 380,
    "tags": ["stoneware", "dishwasher-safe", "handmade", "microwave-safe", "gift"],
    "attributes": {
        "colour": "slate blue", "volume": "350 ml", "height": "95 mm", "glaze": "matt, lead-free", "madeIn": "Portugal",
    },
    "discontinuedAt": None, "createdAt": "2024-02-12T08:00:00Z", "updatedAt": "2025-06-03T14:30:00Z",
}
PROSE = (
    "A mug of fired stoneware that keeps its heat. The handle has room for three fingers, the foot is sanded and does "
    "not scratch the table, and the glaze stands up to years in the dishwasher. Every piece is turned by hand, so no "
    "two are quite alike: expect small differences of colour and height. Sold singly; six fit into one parcel, and the "
    "box is made of card that goes into the paper bin. If one breaks on its way to you we send another. ")


def _padded(value, size):
    """The value as compact JSON of exactly `size` bytes: its description takes the rest."""
    missing = size - len(json.dumps({**value, "description": ""}, separators=(",", ":")))
    text = (PROSE * 4)[:missing]
    if text.endswith(" "):
        text = text[:-1] + "."
    encoded = json.dumps({**value, "description": text}, separators=(",", ":")).encode()
    assert len(encoded) == size, (len(encoded), size)
    return encoded


READ_ONLY = ("id", "createdAt", "updatedAt")

#: The reply to `GET /products/1`, 850 bytes.
PRODUCT_REPLY = _padded(PRODUCT, 850)
#: The body of `POST /products`, 1 KB.
NEW_PRODUCT = _padded({name: value for name, value in PRODUCT.items() if name not in READ_ONLY}, 1024)
#: The reply to `POST /products` when nobody looks at it.
SMALL_REPLY = b'{"id":41,"name":"Stoneware mug"}'
#: The reply to `POST /products` when it is validated too, 1 KB.
CREATED_REPLY = _padded(PRODUCT, 1024)
