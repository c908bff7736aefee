/// The catalogue that is there when the shop opens.
enum ProductSeed {
    /// One row of the catalogue as it is written below.
    private typealias Row = (name: String, price: Int, weight: Int, tags: String, attributes: String, text: String)

    /// 2024-02-12T08:00:00Z, when the first product came in.
    private static let opening = 1_707_724_800

    /// A store with all forty products.
    static func store() -> NumberedStore<Product> {
        var store = NumberedStore<Product>(of: "product")
        for (category, letters, rows) in departments {
            for (place, row) in rows.enumerated() {
                let index = store.all.count
                let created = opening + index * 3 * CalendarTime.secondsPerDay + index * 660
                var product = Product(
                    createdAt: created, updatedAt: created + index % 5 * 40 * CalendarTime.secondsPerDay)
                product.sku = letters + "-000\(place + 1)"
                product.name = row.name
                product.description = row.text
                product.category = category
                product.priceInHundredths = row.price
                product.currency = index % 13 == 12 ? .dollar : index % 11 == 10 ? .pound : .euro
                product.stock = (index * 37 + 120) % 260
                product.weightGrams = row.weight
                product.tags = row.tags.split(separator: " ").map(String.init)
                product.attributes = row.attributes.split(separator: ";").compactMap { pair in
                    let parts = pair.split(separator: "=")
                    return parts.count == 2 ? .init(name: String(parts[0]), value: String(parts[1])) : nil
                }
                product.discontinuedAt = index % 17 == 16 ? "2025-11-30T00:00:00Z" : nil
                store.add(product)
            }
        }
        return store
    }

    /// The departments, the letters of their skus, and what they sell.
    private static let departments: [(Product.Category, String, [Row])] = [
        (.kitchen, "KIT", kitchen), (.lighting, "LIG", lighting), (.books, "BOO", books), (.garden, "GAR", garden),
        (.outdoor, "OUT", outdoor), (.stationery, "STA", stationery),
    ]

    /// Pots and cups. The first is product 1, which everybody looks at first.
    private static let kitchen: [Row] = [
        (
            "Stoneware mug", 1450, 380, "stoneware dishwasher-safe handmade",
            "colour=slate blue;volume=350 ml;height=95 mm;madeIn=Portugal",
            "A mug of fired stoneware that keeps its heat. The handle has room for three fingers, the foot is sanded and "
                + "does not scratch the table. Every piece is turned by hand, so no two are quite alike."
        ),
        (
            "Cast iron pan", 6900, 2600, "iron induction", "diameter=26 cm;material=cast iron",
            "A pan for life: seasoned with flax oil, good on any stove and in the oven."
        ),
        (
            "Chef's knife", 8990, 210, "steel sharp", "blade=20 cm;handle=walnut",
            "A knife of layered steel with a handle of walnut, ground to fifteen degrees."
        ),
        (
            "Tea pot", 3495, 720, "porcelain tea", "volume=900 ml;colour=white",
            "A porcelain pot with a sieve that lets the leaves unfold."
        ),
        (
            "Linen tea towel", 1190, 95, "linen organic", "size=50 by 70 cm",
            "Washed linen that dries glasses without a trace."
        ),
        (
            "Bread board", 2850, 940, "oak wood", "size=40 by 25 cm;material=oak",
            "A board of oiled oak with a groove for the crumbs."
        ),
        (
            "Coffee grinder", 7900, 680, "coffee manual", "burr=steel;steps=36",
            "A hand mill with a steel burr, from espresso to French press in thirty-six steps."
        ),
    ]

    /// Lamps.
    private static let lighting: [Row] = [
        (
            "Reading lamp", 3495, 540, "led clip-on", "power=5 W;colour=black",
            "A small lamp with a clip and a warm light that stays on the page."
        ),
        (
            "Paper lantern", 1990, 180, "paper light", "diameter=45 cm",
            "A lantern of rice paper on a wire frame; folds flat."
        ),
        (
            "Desk lamp", 8900, 1900, "led dimmable", "power=9 W;arm=two joints",
            "Two joints, one switch, and a light that can be dimmed without flicker."
        ),
        (
            "Bicycle light set", 2790, 120, "led usb-c", "front=80 lux;charge=4 hours",
            "Front and rear, charged by cable, seen from half a kilometre."
        ),
        (
            "Candle holder", 1650, 310, "brass", "height=12 cm",
            "Turned from one piece of brass, heavy enough to stand a cat."
        ),
        (
            "Night light", 1295, 85, "led sensor", "power=0.4 W",
            "Comes on when it is dark and somebody is about."
        ),
    ]

    /// Paper with words on it.
    private static let books: [Row] = [
        (
            "The Art of the Arch", 3200, 890, "architecture hardcover", "pages=312;language=English",
            "How stone stands up: two thousand years of vaults, lintels and bridges."
        ),
        (
            "Bread in Four Days", 2450, 640, "cooking paperback", "pages=208;language=English",
            "Sourdough for people who have other things to do."
        ),
        (
            "A Field Guide to Clouds", 1890, 420, "nature paperback", "pages=176;language=English",
            "Sixty clouds, what they are called and whether to bring a coat."
        ),
        (
            "Small Gardens", 2790, 710, "garden hardcover", "pages=224;language=English",
            "Forty gardens of less than forty square metres."
        ),
        (
            "Night Trains", 2190, 380, "travel paperback", "pages=256;language=English",
            "Across a continent, asleep: routes, carriages, breakfasts."
        ),
        (
            "Knots That Hold", 1590, 290, "handbook paperback", "pages=128;language=English",
            "Thirty knots, each drawn in five steps."
        ),
        (
            "The Patient Baker", 2990, 830, "cooking hardcover", "pages=288;language=English",
            "Doughs that rest overnight, and why they are better for it."
        ),
    ]

    /// For beds and balconies.
    private static let garden: [Row] = [
        (
            "Watering can", 3990, 1100, "zinc", "volume=8 l",
            "Zinc, with a rose of brass that rains and does not pour."
        ),
        (
            "Hand trowel", 1850, 260, "steel ash", "blade=16 cm",
            "Forged in one piece, with a handle of ash."
        ),
        (
            "Seed box", 2250, 350, "seeds gift", "sorts=12",
            "Twelve sorts of vegetables that grow in pots."
        ),
        (
            "Secateurs", 4490, 240, "steel sharp", "cut=22 mm",
            "Cuts green wood up to two centimetres; every part can be replaced."
        ),
        (
            "Terracotta pot", 990, 1400, "terracotta frost-proof", "diameter=20 cm",
            "Fired hot enough to spend the winter outside."
        ),
        (
            "Bird house", 2690, 1250, "larch wood", "hole=32 mm",
            "Untreated larch, with a hole for tits and a lid for cleaning."
        ),
        (
            "Compost thermometer", 2150, 190, "steel", "length=50 cm",
            "Says when the heap is working and when it wants turning."
        ),
    ]

    /// For the way.
    private static let outdoor: [Row] = [
        (
            "Day pack", 7450, 780, "recycled waterproof", "volume=22 l;colour=moss",
            "Room for a day, a laptop and rain."
        ),
        (
            "Steel bottle", 2490, 330, "steel insulated", "volume=750 ml",
            "Cold for a day, hot for half of one."
        ),
        (
            "Picnic blanket", 4290, 960, "wool", "size=150 by 200 cm",
            "Wool above, a dry underside below, rolled up with a strap."
        ),
        (
            "Camping stove", 5490, 410, "gas", "power=2.6 kW",
            "Boils a litre in three and a half minutes, if the wind agrees."
        ),
        (
            "Rain jacket", 12900, 340, "recycled waterproof", "sizes=XS to XXL",
            "Three layers, taped seams, and pockets where hands look for them."
        ),
        (
            "Hammock", 5990, 520, "cotton", "load=180 kg",
            "Cotton, with ropes for trees that stand up to six metres apart."
        ),
        (
            "Head torch", 3390, 88, "led usb-c", "light=350 lm",
            "Light where one looks, red light for maps."
        ),
    ]

    /// For desks.
    private static let stationery: [Row] = [
        (
            "Notebook", 1290, 280, "paper dotted", "pages=192;format=A5",
            "Paper that takes ink on both sides, numbered pages, lies flat."
        ),
        (
            "Fountain pen", 4950, 24, "steel refillable", "nib=medium",
            "A steel nib, a converter, and a cap that stays on."
        ),
        (
            "Pencil set", 890, 70, "cedar", "hardness=2H to 4B",
            "Eight pencils of cedar in a tin."
        ),
        (
            "Desk pad", 3690, 610, "wool-felt", "size=90 by 40 cm",
            "Felt of wool that keeps the desk warm and the mouse quiet."
        ),
        (
            "Letter paper", 1450, 420, "paper recycled", "sheets=50;format=A4",
            "Fifty sheets and twenty-five envelopes for what does not fit into a message."
        ),
        (
            "Brass ruler", 1590, 65, "brass", "length=20 cm",
            "Brass, with marks that are cut and not printed."
        ),
    ]
}
