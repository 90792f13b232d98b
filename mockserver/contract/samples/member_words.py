"""What members of many trades hold, by what they are called: ``#`` stands for a digit, ``?`` for a capital letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

_DIGITS, _LETTERS = "0123456789", "ABCDEFGHJKLMNPRSTUVWXYZ"
_BRANDS = ("Alder", "Brightwell", "Corvane", "Dunmore", "Eastfield", "Fenwick")
_CARS = (("Toyota", "Corolla"), ("Volvo", "V60"), ("Skoda", "Octavia"), ("Renault", "Clio"), ("Ford", "Focus"))


def _all(options: tuple[str, ...], *names: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    return ((name, options) for name in names)


_WORDS: Mapping[str, tuple[str, ...]] = dict((
    *_all(("peanuts", "pollen", "penicillin", "lactose", "shellfish", "latex"), "allergy", "allergie", "allergen"),
    *_all(("flour", "olive oil", "tomatoes", "basil", "butter", "garlic", "lemon"), "ingredient"),
    *_all(("headache", "cough", "fever", "back pain", "dizziness"), "symptom", "complaint"),
    *_all(("Seasonal allergy", "Sprained ankle", "Common cold", "Hypertension", "Migraine"), "diagnosis", "diagnose"),
    *_all(("Ibuprofen 400 mg", "Amoxicillin 500 mg", "Cetirizine 10 mg"), "medication", "medicine", "drug"),
    *_all(("1 tablet twice a day", "5 ml after meals", "1 capsule in the morning"), "dosage", "dose"),
    *_all(("A+", "O+", "B-", "AB+", "O-"), "blood type", "blood group"),
    *_all(("Cardiology", "Dermatology", "Pediatrics", "Neurology"), "specialty", "speciality", "specialization"),
    *_all(("mother", "father", "sister", "partner", "friend"), "relationship", "relation", "kinship"),
    *_all(("single", "married", "divorced"), "marital status"),
    *_all(("hiking", "chess", "cooking", "photography", "sailing"), "hobby", "interest", "hobbie"),
    *_all(("negotiation", "welding", "data analysis", "first aid", "spreadsheets"), "skill"),
    *_all(("vegetarian", "vegan", "gluten-free", "halal"), "dietary", "diet", "dietary preference"),
    *_all(("Italian", "Indian", "Japanese", "Mexican", "Lebanese"), "cuisine"),
    *_all(("Beagle", "Border Collie", "Siamese", "Maine Coon"), "breed"), *_all(("dog", "cat", "rabbit"), "species"),
    *_all(("chest", "legs", "back", "shoulders", "core"), "muscle group", "muscle", "body part", "target muscle"),
    *_all(("dumbbells", "barbell", "mat", "kettlebell", "rowing machine"), "equipment"),
    *_all(("beginner", "intermediate", "advanced"), "difficulty", "skill level"),
    *_all(("Mathematics", "Biology", "Geography", "Physics", "History"), "school subject", "major", "course subject"),
    *_all(("A", "A-", "B+", "B", "C+"), "grade", "letter grade"), *_all(("Spring 2025", "Autumn 2024"), "semester",
        "term"),
    *_all(("B.Sc. Biology", "M.A. History", "B.Eng. Civil Engineering"), "degree"),
    *_all(("Room 12", "Room 204", "B-204", "Room 7", "C-115"), "room", "room name", "classroom", "meeting room"),
    *_all(("101", "204", "12", "7", "310"), "room number"), *_all(("1", "2", "3", "4"), "floor"),
    *_all(("Building A", "Building C", "Annexe", "Main building"), "building"),
    *_all(("A12", "B7", "C21", "D4"), "gate", "bay", "dock", "slot number"),
    *_all(("14C", "7A", "22F", "3D"), "seat", "seat number"), *_all(("A-03-2", "B-11-4", "C-07-1"), "bin", "shelf",
        "aisle"),
    *_all(("North warehouse", "Harbour depot", "South warehouse"), "warehouse", "depot"),
    *_all(("LHR", "ZRH", "LIS", "OSL", "VIE", "BOS", "YYZ"), "airport", "iata", "airport code", "iata code"),
    *_all(("Northern Airways", "Coastal Wings", "Alpine Air"), "airline"), *_all(("NA ###", "CW ####"),
        "flight number", "flight"),
    *_all(("Rotterdam", "Piraeus", "Valencia", "Gdansk", "Trieste"), "origin", "destination", "port name"),
    *_all(("MV Amber Star", "MV Northern Light", "MV Grace"), "vessel", "ship", "vessel name"),
    *_all(("NRTU#######", "SLTU#######"), "container number"), *_all(("FOB", "CIF", "EXW", "DAP"), "incoterm"),
    *_all(("Northway Freight", "Blue Line Logistics", "Swift Parcel"), "carrier", "carrier name", "courier"),
    *_all(("1Z######??####", "TRK#########"), "tracking number", "tracking code", "tracking"),
    *_all(("??-###-??",), "license plate", "licence plate", "plate", "plate number", "registration number"),
    *_all(("WV1ZZZ7HZ8H######",), "vin"), *_all(("petrol", "diesel", "electric", "hybrid"), "fuel", "fuel type"),
    *_all(("manual", "automatic"), "transmission"), *_all(("sedan", "estate", "hatchback", "van"), "body style",
        "vehicle type"),
    *_all(_BRANDS, "brand", "brand name"), *_all(("AX-###", "M##0", "Pro ##"), "model number"),
    *_all(("S", "M", "L", "XL"), "size"), *_all(("oak", "cotton", "steel", "linen", "glass"), "material", "fabric"),
    *_all(("30 x 20 x 10 cm", "60 x 40 x 40 cm"), "dimension", "dimensions", "measurements"),
    *_all(("EUR-pallet", "carton", "crate"), "packaging", "package type"),
    *_all(("Wi-Fi", "parking", "balcony", "lift", "dishwasher", "garden"), "amenity", "amenitie", "facility"),
    *_all(("apartment", "house", "studio", "loft"), "property type", "room type", "unit type"),
    *_all(("card", "bank_transfer", "cash"), "payment method", "payment type"),
    *_all(("visa", "mastercard", "amex"), "card brand", "card type"),
    *_all(("####",), "last4", "last 4", "last four", "card last4"), *_all(("**** **** **** ####",), "card number"),
    *_all(("INV-2025-00##",), "invoice number", "invoice no"), *_all(("ORD-1####",), "order number", "order no",
        "order ref"),
    *_all(("REF-2025-0###",), "reference", "reference number", "booking reference", "ref"),
    *_all(("Harbour Bank", "Meadow Savings Bank", "Lantern Credit Union"), "bank", "bank name"),
    *_all(("GB#########",), "vat number", "vat id", "tax id", "tax number"), *_all(("X#######",), "passport number",
        "passport"),
    *_all(("20-##-##",), "sort code"), *_all(("#########",), "routing number"),
    *_all(("SN-#?###?#",), "serial number", "serial", "serial no"),
    *_all(("2.4.#", "1.1#.0", "3.0.#"), "firmware", "firmware version", "app version", "os version"),
    *_all(("Linux", "Android", "iOS", "Windows", "macOS"), "os", "operating system", "platform"),
    *_all(("Firefox", "Chrome", "Safari", "Edge"), "browser"), *_all(("MIT", "Apache-2.0", "BSD-3-Clause"), "license",
        "licence"),
    *_all(("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",), "user agent", "useragent"),
    *_all(("temperature", "humidity", "motion", "light"), "sensor type", "metric", "measurement"),
    *_all(("HTTPS", "TCP", "UDP"), "protocol"), *_all(("office-2g", "warehouse-5g", "guest"), "ssid", "network name"),
    *_all(("Connection timed out", "Invalid input in line 3", "Not enough space left"), "error", "error message",
          "failure reason", "failure message", "last error"),
    *_all(("sunny", "cloudy", "light rain", "windy", "snow"), "weather", "weather condition", "forecast"),
    *_all(("new", "used", "like new"), "condition"), *_all(("Monday", "Wednesday", "Friday"), "of week", "weekday"),
    *_all(("March", "June", "October"), "month name"), *_all(("spring", "summer", "autumn", "winter"), "season"),
    *_all(("Europe", "Asia", "North America"), "continent"), *_all(("website", "referral", "newsletter"), "source",
        "referrer"),
    *_all(("email", "phone", "web"), "channel"), *_all(("Politics", "Business", "Culture", "Sports"), "section",
        "desk", "rubric"),
    *_all(("fantasy", "crime", "biography", "jazz"), "genre"), *_all(("morning", "late", "night"), "shift"),
    *_all(("high", "medium", "low"), "urgency", "impact"),
    *_all(("approved", "needs changes"), "verdict", "decision"), *_all(("hardware", "billing", "access"), "issue type"),
    *_all(("Bearer",), "token type"),
    *_all(("Changed plans", "Schedule conflict", "Booked by mistake"), "cancel reason", "cancellation reason",
          "cancelled reason", "canceled reason"),
    *_all(("Item arrived damaged", "Wrong size", "Ordered twice"), "refund reason", "return reason"),
    *_all(("Documents are incomplete", "Outside of the budget"), "rejection reason", "reject reason", "decline reason"),
    *_all(("Annual check-up", "Follow-up visit", "Back pain", "Vaccination"), "appointment reason", "visit reason"),
    *_all(("Family holiday", "Moving house", "Training course"), "leave reason", "absence reason"),
    *_all(("°C", "%", "hPa", "lx"), "unit of sensors"), *_all(("Europe/Vienna", "Europe/London", "America/New_York"),
        "zone id"),
))  # fmt: skip
_AT_THE_END = frozenset(
    {"allergy", "allergen", "ingredient", "symptom", "diagnosis", "medication", "hobby", "skill", "cuisine", "breed",
     "room", "airport", "plate", "weekday", "amenity", "firmware", "airline", "carrier", "vessel", "warehouse"}
)  # fmt: skip
"""Which words tell as the last one of a longer name, too."""
_BY_THING: Mapping[str, Mapping[str, str]] = {
    "reason": {
        "appointment": "appointment reason", "visit": "appointment reason", "consultation": "appointment reason",
        "leave": "leave reason", "absence": "leave reason", "refund": "refund reason", "return": "refund reason",
        "cancellation": "cancel reason", "rejection": "rejection reason",
    },
    "method": {"payment": "payment method", "charge": "payment method", "payout": "payment method"},
    "brand": {"card": "card brand"},
    "unit": {"device": "unit of sensors", "sensor": "unit of sensors", "reading": "unit of sensors",
             "measurement": "unit of sensors"},
    "subject": {"teacher": "school subject", "course": "school subject", "exam": "school subject"},
    "level": dict.fromkeys(("course", "workout", "lesson", "class", "exercise", "training"), "difficulty"),
    "plate": {"vehicle": "license plate", "car": "license plate"},
}  # fmt: skip
"""What a word tells by what it is about only: of a visit another ``reason`` than of a refund."""


def word_for(words: list[str], called: Iterable[str], random: Random) -> str:
    """What a member holds whose name is of these words, in a thing that is ``called`` so; empty where nothing tells."""
    if options := options_for(words, called):
        return filled(random.choice(options), random)
    return ""


def options_for(words: list[str], called: Iterable[str]) -> tuple[str, ...]:
    """The texts that such a member may hold; none where its name tells none."""
    by_thing = _BY_THING.get(words[0], {}) if len(words) == 1 else {}
    if found := next((_WORDS[by_thing[one]] for one in called if one in by_thing), ()):
        return found
    if whole := _WORDS.get(" ".join(words[-2:])):
        return whole
    last = words[-1] if words else ""
    own = next((one for one in (last, last.removesuffix("s")) if one in _WORDS), "")
    return _WORDS[own] if own and (len(words) == 1 or own in _AT_THE_END) else ()


def filled(template: str, random: Random) -> str:
    """A template with a digit for each ``#`` and a letter for each ``?``."""
    signs = {"#": _DIGITS, "?": _LETTERS}
    return "".join(random.choice(signs[one]) if one in signs else one for one in template)


def car(random: Random) -> tuple[str, str]:
    """Who makes a car, and what it is called."""
    return random.choice(_CARS)


def isbn(random: Random) -> str:
    return _checked(f"978{_some(9, random)}")


def ean(random: Random) -> str:
    return _checked(f"40{_some(10, random)}")


def iban(random: Random) -> str:
    """A German one whose check digits are right."""
    account = _some(18, random)
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def _some(count: int, random: Random) -> str:
    return "".join(random.choice(_DIGITS) for _ in range(count))


def _checked(number: str) -> str:
    """Twelve digits with their check digit behind them."""
    total = sum(int(one) * (3 if index % 2 else 1) for index, one in enumerate(number))
    return f"{number}{-total % 10}"
